package io.nodejoin.testbed.demo;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.protocol.event.LifecycleEventType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Nodejoin's events from this object's creation on. Not for several threads. */
public final class OutcomeConsumer implements AutoCloseable {
    private static final String TOPIC = "nodejoin.events.v1";
    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final KafkaConsumer<String, byte[]> consumer;

    /** Starts at the end of the topic, which must exist. */
    public OutcomeConsumer(String bootstrapServers) {
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers), new StringDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(TOPIC).stream()
                .map(partition -> new TopicPartition(TOPIC, partition.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
    }

    /** One event as it arrived; {@code key} is {@code <cluster>/<node>}. */
    public record ReceivedEvent(String key, String id, Instant receivedAt, LifecycleEvent.Outcome event) {}

    /** Returns the events that arrive within this time, or those that are available already. */
    public List<ReceivedEvent> poll(Duration wait) {
        List<ReceivedEvent> arrivals = new ArrayList<>();
        for (ConsumerRecord<String, byte[]> entry : consumer.poll(wait)) {
            toReceivedEvent(entry).ifPresent(arrivals::add);
        }
        return arrivals;
    }

    private static Optional<ReceivedEvent> toReceivedEvent(ConsumerRecord<String, byte[]> entry) {
        return LifecycleEventType.fromCloudEventType(header(entry, "ce_type"))
                .map(type -> read(entry.value(), type))
                .filter(LifecycleEvent.Outcome.class::isInstance)
                .map(LifecycleEvent.Outcome.class::cast)
                .map(event -> new ReceivedEvent(entry.key(), header(entry, "ce_id"), Instant.now(), event));
    }

    private static LifecycleEvent read(byte[] data, LifecycleEventType type) {
        try {
            return JSON.readValue(data, type.dataClass());
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "an event of Nodejoin does not fit its own type " + type.cloudEventType(), e);
        }
    }

    private static String header(ConsumerRecord<String, byte[]> entry, String name) {
        var header = entry.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
