package io.nodejoin.service.tracing;

import io.opentelemetry.api.trace.Tracer;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptor;

/** Traces the workflows whose request has a span, and their activities. */
final class TracedWorker extends WorkerInterceptorBase {
    private final Tracer tracer;

    TracedWorker(Tracer tracer) {
        this.tracer = tracer;
    }

    @Override
    public WorkflowInboundCallsInterceptor interceptWorkflow(WorkflowInboundCallsInterceptor next) {
        return new TracedWorkflow(next, tracer);
    }

    @Override
    public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
        return new TracedActivity(next, tracer);
    }
}
