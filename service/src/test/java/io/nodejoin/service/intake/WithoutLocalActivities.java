package io.nodejoin.service.intake;

import io.temporal.activity.ActivityOptions;
import io.temporal.activity.LocalActivityOptions;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptorBase;

/**
 * Makes regular activities of local ones. Temporal's test server (1.38.0) loses a workflow task that cancels an activity
 * which has just ended, and a task with local activities is long enough for that.
 */
final class WithoutLocalActivities extends WorkerInterceptorBase {
    @Override
    public WorkflowInboundCallsInterceptor interceptWorkflow(WorkflowInboundCallsInterceptor next) {
        return new WorkflowInboundCallsInterceptorBase(next) {
            @Override
            public void init(WorkflowOutboundCallsInterceptor outbound) {
                super.init(new WorkflowOutboundCallsInterceptorBase(outbound) {
                    @Override
                    public <R> LocalActivityOutput<R> executeLocalActivity(LocalActivityInput<R> input) {
                        return new LocalActivityOutput<>(executeActivity(new ActivityInput<>(
                                        input.getActivityName(),
                                        input.getResultClass(),
                                        input.getResultType(),
                                        input.getArgs(),
                                        regular(input.getOptions()),
                                        input.getHeader()))
                                .getResult());
                    }
                });
            }
        };
    }

    private static ActivityOptions regular(LocalActivityOptions local) {
        return ActivityOptions.newBuilder()
                .setStartToCloseTimeout(local.getStartToCloseTimeout())
                .setRetryOptions(local.getRetryOptions())
                .validateAndBuildWithDefaults();
    }
}
