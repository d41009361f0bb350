package io.nodejoin.testbed.failpoint;

import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptorBase;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.unsafe.WorkflowUnsafe;
import java.util.Arrays;

/** Fail points around every activity, and around recording its result. */
final class FailPointWorkerInterceptor extends WorkerInterceptorBase {
    private final FailPointTrigger trigger;

    FailPointWorkerInterceptor(FailPointTrigger trigger) {
        this.trigger = trigger;
    }

    @Override
    public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
        return new FailPointActivityInterceptor(trigger, next);
    }

    @Override
    public WorkflowInboundCallsInterceptor interceptWorkflow(WorkflowInboundCallsInterceptor next) {
        if (!trigger.isUsedAt(FailPosition.RECORDED)) {
            return next;
        }
        return new WorkflowInboundCallsInterceptorBase(next) {
            @Override
            public void init(WorkflowOutboundCallsInterceptor outbound) {
                super.init(new ResultInterceptor(outbound));
            }
        };
    }

    /** A trap where a workflow learns of a result: outside of a replay Temporal has just recorded it. */
    private final class ResultInterceptor extends WorkflowOutboundCallsInterceptorBase {
        private ResultInterceptor(WorkflowOutboundCallsInterceptor next) {
            super(next);
        }

        @Override
        public <R> ActivityOutput<R> executeActivity(ActivityInput<R> input) {
            ActivityOutput<R> output = super.executeActivity(input);
            String workflow = Workflow.getInfo().getWorkflowId();
            String asked = Arrays.toString(input.getArgs());
            output.getResult().handle((result, failure) -> {
                if (failure == null && !WorkflowUnsafe.isReplaying()) {
                    trigger.onReached(
                            input.getActivityName(),
                            FailPosition.RECORDED,
                            workflow,
                            asked,
                            IllegalStateException::new);
                }
                return result;
            });
            return output;
        }
    }
}
