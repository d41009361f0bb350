package io.nodejoin.visibility.event;

import io.cloudevents.CloudEvent;
import io.cloudevents.CloudEventData;
import io.cloudevents.kafka.KafkaMessageFactory;
import io.cloudevents.rw.CloudEventRWException;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.protocol.event.LifecycleEventType;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Decodes records of the events topic. Ignores what a newer version of Nodejoin has added. */
public final class EventDecoder {
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private EventDecoder() {}

    /** Returns the event in a record; empty for a record that holds no event that this version knows. */
    public static Optional<PublishedEvent> decode(ConsumerRecord<byte[], byte[]> published) {
        try {
            CloudEvent event = KafkaMessageFactory.createReader(published).toEvent();
            CloudEventData data = event.getData();
            if (data == null) {
                return Optional.empty();
            }
            Instant time = event.getTime() == null
                    ? Instant.ofEpochMilli(published.timestamp())
                    : event.getTime().toInstant();
            return LifecycleEventType.fromCloudEventType(event.getType())
                    .map(LifecycleEventType::dataClass)
                    .map(type -> JSON.readValue(data.toBytes(), type))
                    .filter(LifecycleEvent.Outcome.class::isInstance)
                    .map(LifecycleEvent.Outcome.class::cast)
                    .map(outcome -> new PublishedEvent(event.getId(), time, outcome));
        } catch (CloudEventRWException | JacksonException _) {
            return Optional.empty();
        }
    }
}
