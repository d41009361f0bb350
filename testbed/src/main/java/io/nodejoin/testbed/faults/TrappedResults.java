package io.nodejoin.testbed.faults;

import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptorBase;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.unsafe.WorkflowUnsafe;
import java.util.Arrays;

/** A trap where a workflow learns of a result: outside of a replay Temporal has just recorded it. */
final class TrappedResults extends WorkflowOutboundCallsInterceptorBase {
    private final Trap trap;

    TrappedResults(Trap trap, WorkflowOutboundCallsInterceptor next) {
        super(next);
        this.trap = trap;
    }

    @Override
    public <R> ActivityOutput<R> executeActivity(ActivityInput<R> input) {
        ActivityOutput<R> output = super.executeActivity(input);
        String workflow = Workflow.getInfo().getWorkflowId();
        String asked = Arrays.toString(input.getArgs());
        output.getResult().handle((result, failure) -> {
            if (failure == null && !WorkflowUnsafe.isReplaying()) {
                trap.reached(input.getActivityName(), Cut.RECORDED, workflow, asked, IllegalStateException::new);
            }
            return result;
        });
        return output;
    }
}
