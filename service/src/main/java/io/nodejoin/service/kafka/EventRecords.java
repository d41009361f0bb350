package io.nodejoin.service.kafka;

import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.kafka.KafkaMessageFactory;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.protocol.event.LifecycleEventType;
import java.net.URI;
import java.time.Instant;
import java.time.ZoneOffset;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Converts lifecycle events to records in CloudEvents binary mode. */
public final class EventRecords {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private EventRecords() {}

    /** Converts an event to a record of this topic. */
    public static ProducerRecord<byte[], byte[]> toRecord(
            String topic, byte @Nullable [] key, String id, URI source, Instant time, LifecycleEvent event) {
        return toRecord(topic, key, toCloudEvent(id, source, time, event));
    }

    /** Converts an event to a CloudEvent. */
    public static CloudEvent toCloudEvent(String id, URI source, Instant time, LifecycleEvent event) {
        return CloudEventBuilder.v1()
                .withId(id)
                .withSource(source)
                .withType(LifecycleEventType.of(event).cloudEventType())
                .withTime(time.atOffset(ZoneOffset.UTC))
                .withDataContentType("application/json")
                .withData(JSON.writeValueAsBytes(event))
                .build();
    }

    /** Converts a CloudEvent to a record of this topic. */
    public static ProducerRecord<byte[], byte[]> toRecord(String topic, byte @Nullable [] key, CloudEvent event) {
        return KafkaMessageFactory.<byte[]>createWriter(topic, key).writeBinary(event);
    }
}
