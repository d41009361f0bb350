package io.nodejoin.testbed.e2e;

import static org.awaitility.Awaitility.await;

import io.nodejoin.testbed.kafka.KafkaBroker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The dead-letter topic from its beginning on. Not for several threads. */
final class DeadLetters implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(90);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(200);

    private final KafkaConsumer<byte[], byte[]> consumer;

    DeadLetters(String bootstrapServers) {
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(KafkaBroker.DEAD_LETTERS).stream()
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** Waits for the letter that the record at this place has become. */
    ConsumerRecord<byte[], byte[]> awaitLetterOf(RecordMetadata original) {
        return await("dead letter of " + original)
                .atMost(TIMEOUT)
                .until(() -> poll(original), Optional::isPresent)
                .orElseThrow();
    }

    private Optional<ConsumerRecord<byte[], byte[]>> poll(RecordMetadata original) {
        return StreamSupport.stream(consumer.poll(POLL_INTERVAL).spliterator(), false)
                .filter(letter -> header(letter, "nodejoin.dlt.original.partition")
                                .equals(Integer.toString(original.partition()))
                        && header(letter, "nodejoin.dlt.original.offset").equals(Long.toString(original.offset())))
                .findFirst();
    }

    static String header(ConsumerRecord<byte[], byte[]> letter, String name) {
        var header = letter.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
