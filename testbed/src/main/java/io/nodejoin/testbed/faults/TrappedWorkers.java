package io.nodejoin.testbed.faults;

import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptor;

/** A trap around every activity, and around its result if that is where it is meant to be. */
final class TrappedWorkers extends WorkerInterceptorBase {
    private final Trap trap;

    TrappedWorkers(Trap trap) {
        this.trap = trap;
    }

    @Override
    public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
        return new TrappedActivity(trap, next);
    }

    @Override
    public WorkflowInboundCallsInterceptor interceptWorkflow(WorkflowInboundCallsInterceptor next) {
        if (!trap.knows(Cut.RECORDED)) {
            return next;
        }
        return new WorkflowInboundCallsInterceptorBase(next) {
            @Override
            public void init(WorkflowOutboundCallsInterceptor outbound) {
                super.init(new TrappedResults(trap, outbound));
            }
        };
    }
}
