package io.nodejoin.cli;

import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import io.cloudevents.rw.CloudEventRWException;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.protocol.event.LifecycleEventType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Reads the events topic from its end at the time of opening, without a group and without commits. */
final class EventTail implements AutoCloseable {
    private static final Duration OPEN_TIMEOUT = Duration.ofSeconds(10);
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final Consumer<byte[], byte[]> consumer;

    private EventTail(Consumer<byte[], byte[]> consumer) {
        this.consumer = consumer;
    }

    /** Opens the topic. Throws a KafkaException if the broker does not respond in time. */
    static EventTail open(Map<String, Object> settings, String topic) {
        Map<String, Object> reader = new HashMap<>(settings);
        reader.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        reader.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
        reader.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Long.toString(OPEN_TIMEOUT.toMillis()));
        Consumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(reader, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        // Positions are resolved lazily, and must be those from before the request is sent.
        partitions.forEach(consumer::position);
        return new EventTail(consumer);
    }

    List<LifecycleEvent.Outcome> poll(Duration within) {
        List<LifecycleEvent.Outcome> events = new ArrayList<>();
        consumer.poll(within).forEach(found -> parse(found).ifPresent(events::add));
        return events;
    }

    @Override
    public void close() {
        consumer.close();
    }

    private static Optional<LifecycleEvent.Outcome> parse(ConsumerRecord<byte[], byte[]> found) {
        try {
            CloudEvent event = KafkaMessageFactory.createReader(found).toEvent();
            return LifecycleEventType.fromCloudEventType(event.getType())
                    .map(LifecycleEventType::dataClass)
                    .map(type -> JSON.readValue(
                            Objects.requireNonNull(event.getData()).toBytes(), type))
                    .filter(LifecycleEvent.Outcome.class::isInstance)
                    .map(LifecycleEvent.Outcome.class::cast);
        } catch (CloudEventRWException | JacksonException _) {
            return Optional.empty();
        }
    }
}
