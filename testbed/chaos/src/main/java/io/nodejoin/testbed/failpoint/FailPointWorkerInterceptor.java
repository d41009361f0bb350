package io.nodejoin.testbed.failpoint;

import io.temporal.activity.LocalActivityOptions;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptorBase;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.unsafe.WorkflowUnsafe;
import java.time.Duration;
import java.util.Arrays;

/** Fail points around every activity, and around recording its result. */
final class FailPointWorkerInterceptor extends WorkerInterceptorBase {
    private static final Duration LOCAL_HOLD_TIME = Duration.ofMinutes(1);

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
        return new WorkflowInboundCallsInterceptorBase(next) {
            @Override
            public void init(WorkflowOutboundCallsInterceptor outbound) {
                super.init(new StepInterceptor(outbound));
            }
        };
    }

    /**
     * A trap where a workflow learns of a result. Outside of a replay Temporal has just recorded it, except of a local
     * activity, which is recorded with its workflow task.
     */
    private final class StepInterceptor extends WorkflowOutboundCallsInterceptorBase {
        private StepInterceptor(WorkflowOutboundCallsInterceptor next) {
            super(next);
        }

        @Override
        public <R> ActivityOutput<R> executeActivity(ActivityInput<R> input) {
            ActivityOutput<R> output = super.executeActivity(input);
            trap(input.getActivityName(), input.getArgs(), output.getResult());
            return output;
        }

        @Override
        public <R> LocalActivityOutput<R> executeLocalActivity(LocalActivityInput<R> input) {
            LocalActivityOutput<R> output = super.executeLocalActivity(isHeld(input) ? withTimeToHold(input) : input);
            trap(input.getActivityName(), input.getArgs(), output.getResult());
            return output;
        }

        private <R> void trap(String step, Object[] arguments, Promise<R> result) {
            if (!trigger.isUsedAt(FailPosition.RECORDED)) {
                return;
            }
            String workflow = Workflow.getInfo().getWorkflowId();
            String asked = Arrays.toString(arguments);
            result.handle((value, failure) -> {
                if (failure == null && !WorkflowUnsafe.isReplaying()) {
                    trigger.onReached(step, FailPosition.RECORDED, workflow, asked, IllegalStateException::new);
                }
                return value;
            });
        }

        private boolean isHeld(LocalActivityInput<?> input) {
            String workflow = Workflow.getInfo().getWorkflowId();
            return trigger.isArmedAt(input.getActivityName(), FailPosition.BEFORE, workflow)
                    || trigger.isArmedAt(input.getActivityName(), FailPosition.AFTER, workflow);
        }

        /** A step that is held would become a regular activity meanwhile, and the join would go on. */
        private <R> LocalActivityInput<R> withTimeToHold(LocalActivityInput<R> input) {
            return new LocalActivityInput<>(
                    input.getActivityName(),
                    input.getResultClass(),
                    input.getResultType(),
                    input.getArgs(),
                    LocalActivityOptions.newBuilder(input.getOptions())
                            .setStartToCloseTimeout(LOCAL_HOLD_TIME)
                            .build(),
                    input.getHeader());
        }
    }
}
