package io.nodejoin.cli;

import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import io.cloudevents.rw.CloudEventRWException;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.protocol.event.LifecycleEventType;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * One event of the events topic.
 *
 * @param at the time of the event, or else of its record
 */
record ReceivedEvent(CloudEvent cloudEvent, LifecycleEvent.Outcome data, Instant at) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** Returns the event of a record; empty if it is none that this version knows. */
    static Optional<ReceivedEvent> parse(ConsumerRecord<byte[], byte[]> found) {
        try {
            CloudEvent event = KafkaMessageFactory.createReader(found).toEvent();
            return LifecycleEventType.fromCloudEventType(event.getType())
                    .map(LifecycleEventType::dataClass)
                    .map(type -> JSON.readValue(
                            Objects.requireNonNull(event.getData()).toBytes(), type))
                    .filter(LifecycleEvent.Outcome.class::isInstance)
                    .map(LifecycleEvent.Outcome.class::cast)
                    .map(data -> new ReceivedEvent(event, data, time(event, found)));
        } catch (CloudEventRWException | JacksonException _) {
            return Optional.empty();
        }
    }

    private static Instant time(CloudEvent event, ConsumerRecord<byte[], byte[]> found) {
        return event.getTime() == null
                ? Instant.ofEpochMilli(found.timestamp())
                : event.getTime().toInstant();
    }
}
