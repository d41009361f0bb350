package io.nodejoin.testbed.failpoint;

import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptor;

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
                super.init(new FailPointResultInterceptor(trigger, outbound));
            }
        };
    }
}
