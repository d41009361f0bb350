package io.nodejoin.service.tracing;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.context.Context;
import io.temporal.common.interceptors.Header;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where the spans of a run of a workflow belong. The span of the run itself is exported only when the run ends, by a
 * process that does not know who began it, so its id follows from the run's.
 *
 * @param request the span of the request that the run processes
 * @param runSpan the id of the run's span
 */
record RunTrace(Context request, String runSpan) {

    /**
     * Returns the trace of a run with this header; empty if it has none.
     *
     * @param runId null for an activity without a workflow
     */
    static Optional<RunTrace> of(@Nullable Header header, @Nullable String runId) {
        Context request = TraceContexts.of(header);
        return runId != null && TraceContexts.isValid(request)
                ? Optional.of(new RunTrace(
                        request, SpanId.fromLong(UUID.fromString(runId).getLeastSignificantBits())))
                : Optional.empty();
    }

    /** Returns the parent of the spans of activities. */
    Context run() {
        SpanContext of = TraceContexts.spanIn(request);
        return request.with(Span.wrap(
                SpanContext.createFromRemoteParent(of.getTraceId(), runSpan, of.getTraceFlags(), of.getTraceState())));
    }
}
