package io.nodejoin.cli;

import io.nodejoin.client.config.ConfigException;
import io.nodejoin.client.config.KafkaConfig;
import io.nodejoin.client.kafka.KafkaSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** Reads one topic from an instant on, without a group and without commits. */
final class EventReader implements AutoCloseable {
    private static final Duration OPEN_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration POLL_TIMEOUT = Duration.ofMillis(500);

    private final Consumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;

    private EventReader(Consumer<byte[], byte[]> consumer, List<TopicPartition> partitions) {
        this.consumer = consumer;
        this.partitions = partitions;
    }

    /**
     * Opens the topic.
     *
     * @param from the time of the first record; null begins after the last record that there is now
     * @throws org.apache.kafka.common.KafkaException if the broker does not respond in time
     */
    static EventReader open(KafkaConfig kafka, String topic, @Nullable Instant from) throws ConfigException {
        Map<String, Object> settings = new HashMap<>(new KafkaSettings(kafka).common());
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Long.toString(OPEN_TIMEOUT.toMillis()));
        Consumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            seek(consumer, partitions, from);
            return new EventReader(consumer, partitions);
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
    }

    private static void seek(
            Consumer<byte[], byte[]> consumer, List<TopicPartition> partitions, @Nullable Instant from) {
        consumer.seekToEnd(partitions);
        if (from != null) {
            consumer.offsetsForTimes(partitions.stream()
                            .collect(Collectors.toMap(partition -> partition, _ -> from.toEpochMilli())))
                    .forEach((partition, found) -> seek(consumer, partition, found));
        }
        // Positions are resolved lazily, and must be those of now.
        partitions.forEach(consumer::position);
    }

    private static void seek(
            Consumer<byte[], byte[]> consumer, TopicPartition partition, @Nullable OffsetAndTimestamp found) {
        if (found != null) {
            consumer.seek(partition, found.offset());
        }
    }

    /** Returns the next records, or none if there are none for some time. */
    List<ConsumerRecord<byte[], byte[]>> poll() {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try {
            consumer.poll(POLL_TIMEOUT).forEach(records::add);
        } catch (InterruptException _) {
            Thread.currentThread().interrupt();
        }
        return records;
    }

    /** Returns all records up to the last one that there is now, in the order of their times. */
    List<ConsumerRecord<byte[], byte[]>> readToEnd() {
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())
                && !Thread.currentThread().isInterrupted()) {
            records.addAll(poll());
        }
        records.sort(Comparator.comparingLong(ConsumerRecord::timestamp));
        return records;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
