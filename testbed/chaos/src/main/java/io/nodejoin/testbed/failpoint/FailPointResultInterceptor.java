package io.nodejoin.testbed.failpoint;

import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptorBase;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.unsafe.WorkflowUnsafe;
import java.util.Arrays;

/** A trap where a workflow learns of a result: outside of a replay Temporal has just recorded it. */
final class FailPointResultInterceptor extends WorkflowOutboundCallsInterceptorBase {
    private final FailPointTrigger trigger;

    FailPointResultInterceptor(FailPointTrigger trigger, WorkflowOutboundCallsInterceptor next) {
        super(next);
        this.trigger = trigger;
    }

    @Override
    public <R> ActivityOutput<R> executeActivity(ActivityInput<R> input) {
        ActivityOutput<R> output = super.executeActivity(input);
        String workflow = Workflow.getInfo().getWorkflowId();
        String asked = Arrays.toString(input.getArgs());
        output.getResult().handle((result, failure) -> {
            if (failure == null && !WorkflowUnsafe.isReplaying()) {
                trigger.onReached(
                        input.getActivityName(), FailPosition.RECORDED, workflow, asked, IllegalStateException::new);
            }
            return result;
        });
        return output;
    }
}
