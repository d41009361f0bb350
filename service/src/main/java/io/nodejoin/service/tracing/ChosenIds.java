package io.nodejoin.service.tracing;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.sdk.trace.IdGenerator;

/** Random ids, but for spans whose ids follow from what they stand for, so that others can refer to them beforehand. */
final class ChosenIds implements IdGenerator {
    private static final ScopedValue<String> TRACE = ScopedValue.newInstance();
    private static final ScopedValue<String> SPAN = ScopedValue.newInstance();

    private final IdGenerator random = IdGenerator.random();

    /** Starts a span, with this trace id if it has no parent. */
    static Span startInTrace(String traceId, SpanBuilder span) {
        return ScopedValue.where(TRACE, traceId).call(span::startSpan);
    }

    /** Starts a span with this id. */
    static Span startWithId(String spanId, SpanBuilder span) {
        return ScopedValue.where(SPAN, spanId).call(span::startSpan);
    }

    @Override
    public String generateTraceId() {
        return TRACE.isBound() ? TRACE.get() : random.generateTraceId();
    }

    @Override
    public String generateSpanId() {
        return SPAN.isBound() ? SPAN.get() : random.generateSpanId();
    }
}
