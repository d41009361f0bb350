package io.nodejoin.service.tracing;

import io.opentelemetry.context.Context;
import io.temporal.common.interceptors.WorkflowClientCallsInterceptor;
import io.temporal.common.interceptors.WorkflowClientCallsInterceptorBase;
import io.temporal.common.interceptors.WorkflowClientInterceptorBase;

/** Hands the current span on to workflows that are started and signalled. */
final class TracedClient extends WorkflowClientInterceptorBase {

    @Override
    public WorkflowClientCallsInterceptor workflowClientCallsInterceptor(WorkflowClientCallsInterceptor next) {
        return new WorkflowClientCallsInterceptorBase(next) {
            @Override
            public WorkflowStartOutput start(WorkflowStartInput input) {
                return super.start(new WorkflowStartInput(
                        input.getWorkflowId(),
                        input.getWorkflowType(),
                        TraceContexts.with(input.getHeader(), Context.current()),
                        input.getArguments(),
                        input.getOptions()));
            }

            @Override
            public WorkflowSignalOutput signal(WorkflowSignalInput input) {
                return super.signal(new WorkflowSignalInput(
                        input.getWorkflowExecution(),
                        input.getSignalName(),
                        TraceContexts.with(input.getHeader(), Context.current()),
                        input.getArguments()));
            }
        };
    }
}
