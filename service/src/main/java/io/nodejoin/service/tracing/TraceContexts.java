package io.nodejoin.service.tracing;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.temporal.api.common.v1.Payload;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.GlobalDataConverter;
import io.temporal.common.interceptors.Header;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** How a span's context (W3C Trace Context) travels in Kafka records and in Temporal's headers. */
final class TraceContexts {
    /** The prefix of CloudEvents attributes in binary mode; {@code traceparent} is the distributed tracing extension. */
    private static final String CLOUD_EVENT = "ce_";
    /** The key that the tracing interceptors of Temporal's SDKs use. */
    private static final String TEMPORAL_HEADER = "_tracer-data";

    private static final W3CTraceContextPropagator W3C = W3CTraceContextPropagator.getInstance();
    private static final TextMapGetter<Map<String, String>> FROM_MAP =
            (carrier, name) -> carrier == null ? null : carrier.get(name);

    private TraceContexts() {}

    /** Returns the context of the span that sent a record; the root if the record does not name one in a valid way. */
    static Context of(Headers headers) {
        Context named = extract(texts(headers, ""));
        return isValid(named) ? named : extract(texts(headers, CLOUD_EVENT));
    }

    /** Adds the current span to a record, as attributes of its CloudEvent. */
    static void addCurrent(Headers headers) {
        W3C.inject(Context.current(), headers, (carrier, name, value) -> {
            if (carrier != null) {
                carrier.add(CLOUD_EVENT + name, value.getBytes(StandardCharsets.UTF_8));
            }
        });
    }

    /** Returns the context in a header of Temporal; the root if it has none. */
    static Context of(@Nullable Header header) {
        Payload payload = header == null ? null : header.getValues().get(TEMPORAL_HEADER);
        if (payload == null) {
            return Context.root();
        }
        Map<?, ?> entries = converter().fromPayload(payload, Map.class, Map.class);
        Map<String, String> texts = new HashMap<>();
        entries.forEach((name, value) -> texts.put(String.valueOf(name), String.valueOf(value)));
        return extract(texts);
    }

    /** Returns the header with this context; as it is if the context has no span. */
    static Header with(Header header, Context context) {
        if (!isValid(context)) {
            return header;
        }
        Map<String, String> texts = new HashMap<>();
        W3C.inject(context, texts, (carrier, name, value) -> texts.put(name, value));
        Map<String, Payload> values = new HashMap<>(header.getValues());
        converter().toPayload(texts).ifPresent(payload -> values.put(TEMPORAL_HEADER, payload));
        return new Header(values);
    }

    static SpanContext spanIn(Context context) {
        return Span.fromContext(context).getSpanContext();
    }

    static boolean isValid(Context context) {
        return spanIn(context).isValid();
    }

    private static Context extract(Map<String, String> texts) {
        return W3C.extract(Context.root(), texts, FROM_MAP);
    }

    private static Map<String, String> texts(Headers headers, String prefix) {
        Map<String, String> texts = new HashMap<>();
        for (String field : W3C.fields()) {
            List<byte[]> values = StreamSupport.stream(
                            headers.headers(prefix + field).spliterator(), false)
                    .map(org.apache.kafka.common.header.Header::value)
                    .toList();
            if (values.size() == 1) {
                texts.put(field, new String(values.getFirst(), StandardCharsets.UTF_8));
            }
        }
        return texts;
    }

    private static DataConverter converter() {
        return GlobalDataConverter.get();
    }
}
