package io.nodejoin.service.tracing;

import io.nodejoin.protocol.Phase;
import io.nodejoin.workflows.lifecycle.JoinResult;
import io.nodejoin.workflows.lifecycle.NodeRequest;
import io.nodejoin.workflows.lifecycle.NodeWorkflows;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.temporal.common.interceptors.Header;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptorBase;
import io.temporal.failure.ApplicationFailure;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInfo;
import io.temporal.workflow.unsafe.WorkflowUnsafe;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hands the span of a run's request on to its activities, and exports the run's own span when it ends, from its start to
 * its end. Only headers differ from a run without: histories of either are replayed by both.
 */
final class TracedWorkflow extends WorkflowInboundCallsInterceptorBase {
    private final Tracer tracer;
    private Header header = Header.empty();
    private Optional<NodeRequest> request = Optional.empty();
    /** The span of the request for which this run continues as new. */
    private Context next = Context.root();

    TracedWorkflow(WorkflowInboundCallsInterceptor next, Tracer tracer) {
        super(next);
        this.tracer = tracer;
    }

    @Override
    public void init(WorkflowOutboundCallsInterceptor outbound) {
        super.init(new Calls(outbound));
    }

    @Override
    public WorkflowOutput execute(WorkflowInput input) {
        header = input.getHeader();
        request = Arrays.stream(input.getArguments())
                .filter(NodeRequest.class::isInstance)
                .map(NodeRequest.class::cast)
                .findFirst();
        try {
            WorkflowOutput output = super.execute(input);
            export(span -> setResult(span, output.getResult()));
            return output;
        } catch (RuntimeException e) { // not an error, with which a run leaves a cache
            export(span -> setFailure(span, e));
            throw e;
        }
    }

    @Override
    public void handleSignal(SignalInput input) {
        Context sender = TraceContexts.of(input.getHeader());
        if (input.getSignalName().equals(NodeWorkflows.SUPERSEDED) && TraceContexts.isValid(sender)) {
            next = sender;
        }
        super.handleSignal(input);
    }

    private void export(Consumer<Span> end) {
        WorkflowInfo info = Workflow.getInfo();
        if (WorkflowUnsafe.isReplaying()) {
            return;
        }
        RunTrace.of(header, info.getRunId()).ifPresent(trace -> {
            Span span = ChosenIds.startWithId(
                    trace.runSpan(),
                    tracer.spanBuilder(info.getWorkflowType())
                            .setParent(trace.request())
                            .setStartTimestamp(info.getRunStartedTimestampMillis(), TimeUnit.MILLISECONDS)
                            .setAttribute(SpanAttributes.RUN, info.getRunId()));
            request.ifPresent(wanted -> SpanAttributes.setRequest(span, wanted));
            end.accept(span);
            span.end(Workflow.currentTimeMillis(), TimeUnit.MILLISECONDS);
        });
    }

    private static void setResult(Span span, @Nullable Object result) {
        if (result instanceof JoinResult(Phase phase, var _)) {
            span.setAttribute(SpanAttributes.PHASE, phase.name());
        }
    }

    private static void setFailure(Span span, RuntimeException e) {
        String kind = e instanceof ApplicationFailure failure
                ? failure.getType()
                : e.getClass().getSimpleName();
        span.setAttribute(SpanAttributes.CODE, kind).setStatus(StatusCode.ERROR, kind);
    }

    /** What the workflow calls. */
    private final class Calls extends WorkflowOutboundCallsInterceptorBase {
        Calls(WorkflowOutboundCallsInterceptor next) {
            super(next);
        }

        @Override
        public <R> ActivityOutput<R> executeActivity(ActivityInput<R> input) {
            return super.executeActivity(new ActivityInput<>(
                    input.getActivityName(),
                    input.getResultClass(),
                    input.getResultType(),
                    input.getArgs(),
                    input.getOptions(),
                    traced(input.getHeader())));
        }

        @Override
        public <R> LocalActivityOutput<R> executeLocalActivity(LocalActivityInput<R> input) {
            return super.executeLocalActivity(new LocalActivityInput<>(
                    input.getActivityName(),
                    input.getResultClass(),
                    input.getResultType(),
                    input.getArgs(),
                    input.getOptions(),
                    traced(input.getHeader())));
        }

        @Override
        public void continueAsNew(ContinueAsNewInput input) {
            export(span -> span.setAttribute(SpanAttributes.PHASE, "ContinuedAsNew"));
            super.continueAsNew(new ContinueAsNewInput(
                    input.getWorkflowType(),
                    input.getOptions(),
                    input.getArgs(),
                    TraceContexts.with(input.getHeader(), next)));
        }

        private Header traced(Header own) {
            return TraceContexts.with(own, TraceContexts.of(header));
        }
    }
}
