package io.nodejoin.service.tracing;

import java.util.Map;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** Adds the current span to each record, as the attribute {@code traceparent} of its CloudEvent. Made by Kafka's producer. */
public final class TracedRecords implements ProducerInterceptor<byte[], byte[]> {

    @Override
    public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> sent) {
        TraceContexts.addCurrent(sent.headers());
        return sent;
    }

    @Override
    public void onAcknowledgement(@Nullable RecordMetadata metadata, @Nullable Exception exception) {
        // The activity's span has the result.
    }

    @Override
    public void close() {
        // Nothing is open.
    }

    @Override
    public void configure(Map<String, ?> settings) {
        // Nothing can be set.
    }
}
