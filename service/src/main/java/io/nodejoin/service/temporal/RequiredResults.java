package io.nodejoin.service.temporal;

import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptorBase;
import java.lang.reflect.Type;

/**
 * Has the results of activities that return nothing decrypted as well. The SDK does not read them, so whoever polls a task
 * queue could otherwise say that such an activity is done.
 */
final class RequiredResults extends WorkerInterceptorBase {
    @Override
    public WorkflowInboundCallsInterceptor interceptWorkflow(WorkflowInboundCallsInterceptor next) {
        return new WorkflowInboundCallsInterceptorBase(next) {
            @Override
            public void init(WorkflowOutboundCallsInterceptor calls) {
                super.init(new Calls(calls));
            }
        };
    }

    private static final class Calls extends WorkflowOutboundCallsInterceptorBase {
        Calls(WorkflowOutboundCallsInterceptor next) {
            super(next);
        }

        @Override
        public <R> ActivityOutput<R> executeActivity(ActivityInput<R> input) {
            return super.executeActivity(new ActivityInput<>(
                    input.getActivityName(),
                    read(input.getResultClass()),
                    read(input.getResultClass(), input.getResultType()),
                    input.getArgs(),
                    input.getOptions(),
                    input.getHeader()));
        }

        @Override
        public <R> LocalActivityOutput<R> executeLocalActivity(LocalActivityInput<R> input) {
            return super.executeLocalActivity(new LocalActivityInput<>(
                    input.getActivityName(),
                    read(input.getResultClass()),
                    read(input.getResultClass(), input.getResultType()),
                    input.getArgs(),
                    input.getOptions(),
                    input.getHeader()));
        }

        /** Who calls the activity expects null, and gets it. */
        @SuppressWarnings("unchecked")
        private static <R> Class<R> read(Class<R> result) {
            return result == void.class ? (Class<R>) (Class<?>) Object.class : result;
        }

        private static Type read(Class<?> result, Type type) {
            return result == void.class ? Object.class : type;
        }
    }
}
