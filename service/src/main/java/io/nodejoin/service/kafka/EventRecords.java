package io.nodejoin.service.kafka;

import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.kafka.KafkaMessageFactory;
import io.nodejoin.protocol.join.JoinEvent;
import io.nodejoin.protocol.join.JoinEventType;
import java.net.URI;
import java.time.Instant;
import java.time.ZoneOffset;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Join events as records in CloudEvents binary mode. */
public final class EventRecords {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private EventRecords() {}

    /** One event as a record for this topic. */
    public static ProducerRecord<byte[], byte[]> of(
            String topic, byte @Nullable [] key, String id, URI source, Instant time, JoinEvent event) {
        return of(topic, key, event(id, source, time, event));
    }

    /** The event by itself. */
    public static CloudEvent event(String id, URI source, Instant time, JoinEvent event) {
        return CloudEventBuilder.v1()
                .withId(id)
                .withSource(source)
                .withType(JoinEventType.of(event).type())
                .withTime(time.atOffset(ZoneOffset.UTC))
                .withDataContentType("application/json")
                .withData(JSON.writeValueAsBytes(event))
                .build();
    }

    /** An event as it is, as a record for this topic. */
    public static ProducerRecord<byte[], byte[]> of(String topic, byte @Nullable [] key, CloudEvent event) {
        return KafkaMessageFactory.<byte[]>createWriter(topic, key).writeBinary(event);
    }
}
