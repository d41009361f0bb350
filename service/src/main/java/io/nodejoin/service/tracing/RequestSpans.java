package io.nodejoin.service.tracing;

import io.nodejoin.workflows.lifecycle.NodeRequest;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The spans of requests, after the semantic conventions for messaging. A request whose record names the sender's span
 * belongs to the sender's trace; the trace of another one has the join's id, which exemplars of the metrics name too.
 */
public final class RequestSpans {
    private final Tracer tracer;

    RequestSpans(Tracer tracer) {
        this.tracer = tracer;
    }

    /** Returns spans that nobody exports. */
    public static RequestSpans none() {
        return Tracing.off().requests();
    }

    /**
     * Starts the span of the processing of a record; the caller ends it.
     *
     * @param request what the record asks for; empty if it is not a request for a join or leave
     */
    public Span start(ConsumerRecord<byte[], byte[]> kafkaRecord, Optional<NodeRequest> request) {
        SpanBuilder builder = tracer.spanBuilder("process " + kafkaRecord.topic())
                .setParent(TraceContexts.of(kafkaRecord.headers()))
                .setSpanKind(SpanKind.CONSUMER)
                .setAttribute("messaging.system", "kafka")
                .setAttribute("messaging.operation.type", "process")
                .setAttribute("messaging.destination.name", kafkaRecord.topic())
                .setAttribute("messaging.destination.partition.id", Integer.toString(kafkaRecord.partition()))
                .setAttribute("messaging.kafka.offset", kafkaRecord.offset());
        if (request.isEmpty()) {
            return builder.startSpan();
        }
        Span span = ChosenIds.startInTrace(request.get().joinId().value(), builder);
        SpanAttributes.setRequest(span, request.get());
        return span;
    }
}
