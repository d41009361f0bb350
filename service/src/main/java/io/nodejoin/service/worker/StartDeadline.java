package io.nodejoin.service.worker;

import io.grpc.Context;
import io.temporal.common.interceptors.WorkflowClientCallsInterceptor;
import io.temporal.common.interceptors.WorkflowClientCallsInterceptorBase;
import io.temporal.common.interceptors.WorkflowClientInterceptorBase;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Limits the start of a workflow, with all its retries, on a client that has the retries of workers. */
final class StartDeadline extends WorkflowClientInterceptorBase {
    private final Duration timeout;
    private final ScheduledExecutorService scheduler;

    StartDeadline(Duration timeout, ScheduledExecutorService scheduler) {
        this.timeout = timeout;
        this.scheduler = scheduler;
    }

    @Override
    public WorkflowClientCallsInterceptor workflowClientCallsInterceptor(WorkflowClientCallsInterceptor next) {
        return new WorkflowClientCallsInterceptorBase(next) {
            @Override
            public WorkflowStartOutput start(WorkflowStartInput input) {
                try (Context.CancellableContext limited =
                        Context.current().withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS, scheduler)) {
                    Context before = limited.attach();
                    try {
                        return super.start(input);
                    } finally {
                        limited.detach(before);
                    }
                }
            }
        };
    }
}
