package io.nodejoin.activities.kafka;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
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

/** Converts lifecycle events to records in CloudEvents binary mode. */
public final class EventRecords {
    private static final JsonMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .build();

    private EventRecords() {}

    /** Converts an event to a record of this topic. */
    public static ProducerRecord<byte[], byte[]> toRecord(
            String topic, byte @Nullable [] key, String id, URI source, Instant time, LifecycleEvent event) {
        return toRecord(topic, key, toCloudEvent(id, source, time, event));
    }

    /** Converts an event to a CloudEvent. */
    public static CloudEvent toCloudEvent(String id, URI source, Instant time, LifecycleEvent event) {
        try {
            return CloudEventBuilder.v1()
                    .withId(id)
                    .withSource(source)
                    .withType(LifecycleEventType.of(event).cloudEventType())
                    .withTime(time.atOffset(ZoneOffset.UTC))
                    .withData("application/json", JSON.writeValueAsBytes(event))
                    .build();
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the event cannot be written as JSON", e);
        }
    }

    /** Converts a CloudEvent to a record of this topic. */
    public static ProducerRecord<byte[], byte[]> toRecord(String topic, byte @Nullable [] key, CloudEvent event) {
        return KafkaMessageFactory.<byte[]>createWriter(topic, key).writeBinary(event);
    }
}
