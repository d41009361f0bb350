package io.nodejoin.service.metrics;

import io.nodejoin.protocol.JoinId;
import io.prometheus.metrics.tracer.common.SpanContext;
import org.jspecify.annotations.Nullable;

/** Makes the id of the join in whose name something is counted the trace id of the exemplar: both are 32 hex digits. */
final class JoinExemplars implements SpanContext {
    private static final ScopedValue<JoinId> JOIN = ScopedValue.newInstance();
    private static final int SPAN_ID_LENGTH = 16;

    /** Counts in the name of this join. */
    static void record(JoinId join, Runnable count) {
        ScopedValue.where(JOIN, join).run(count);
    }

    @Override
    public @Nullable String getCurrentTraceId() {
        return JOIN.isBound() ? JOIN.get().value() : null;
    }

    @Override
    public @Nullable String getCurrentSpanId() {
        return JOIN.isBound() ? JOIN.get().value().substring(0, SPAN_ID_LENGTH) : null;
    }

    @Override
    public boolean isCurrentSpanSampled() {
        return JOIN.isBound();
    }

    @Override
    public void markCurrentSpanAsExemplar() {
        // No span is exported, so none has to be kept.
    }
}
