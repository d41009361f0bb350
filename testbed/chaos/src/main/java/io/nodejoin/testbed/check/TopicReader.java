package io.nodejoin.testbed.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** The three topics from their beginning, as plain JSON, and the intake's committed offsets. */
final class TopicReader {
    static final String REQUESTS = "nodejoin.requests.v1";
    static final String EVENTS = "nodejoin.events.v1";
    static final String DEAD_LETTERS = "nodejoin.requests.v1-dlt";

    private static final String GROUP = "nodejoin";
    private static final Duration POLL_INTERVAL = Duration.ofMillis(200);
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int JOIN_ID_DIGITS = 32;

    private final String bootstrapServers;

    TopicReader(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
    }

    /** By partition; nothing before the first commit. */
    Map<Integer, Long> committed() throws InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            Map<Integer, Long> offsets = new HashMap<>();
            admin.listConsumerGroupOffsets(GROUP)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .forEach((partition, offset) -> {
                        if (offset != null && partition.topic().equals(REQUESTS)) {
                            offsets.put(partition.partition(), offset.offset());
                        }
                    });
            return offsets;
        } catch (ExecutionException e) {
            throw new IllegalStateException("Kafka does not tell the committed offsets", e.getCause());
        }
    }

    boolean isReadToItsEnd(Map<Integer, Long> committed) {
        try (var consumer = consumer()) {
            return consumer.endOffsets(partitions(consumer, REQUESTS)).entrySet().stream()
                    .allMatch(end -> committed.getOrDefault(end.getKey().partition(), 0L) >= end.getValue());
        }
    }

    /** Reads outcomes before requests: each outcome follows its request. */
    ClusterSnapshot.Topics read(Map<Integer, Long> committed) {
        List<ClusterSnapshot.Event> events =
                readAll(EVENTS).stream().map(TopicReader::event).toList();
        List<ClusterSnapshot.DeadLetter> letters =
                readAll(DEAD_LETTERS).stream().map(TopicReader::deadLetter).toList();
        List<ClusterSnapshot.Request> requests =
                readAll(REQUESTS).stream().map(TopicReader::request).toList();
        return new ClusterSnapshot.Topics(requests, events, letters, committed);
    }

    /** Keys, values and headers of a topic as one text. */
    String text(String topic) {
        StringBuilder text = new StringBuilder();
        for (ConsumerRecord<byte[], byte[]> entry : readAll(topic)) {
            text.append(decodeLatin1(entry.key()))
                    .append('\n')
                    .append(decodeLatin1(entry.value()))
                    .append('\n');
            entry.headers()
                    .forEach(header -> text.append(header.key())
                            .append(": ")
                            .append(decodeLatin1(header.value()))
                            .append('\n'));
        }
        return text.toString();
    }

    private List<ConsumerRecord<byte[], byte[]>> readAll(String topic) {
        try (var consumer = consumer()) {
            List<TopicPartition> partitions = partitions(consumer, topic);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
            while (partitions.stream()
                    .anyMatch(partition -> consumer.position(partition) < ends.getOrDefault(partition, 0L))) {
                consumer.poll(POLL_INTERVAL).forEach(all::add);
            }
            return all;
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    private static List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer, String topic) {
        return consumer.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
    }

    private static ClusterSnapshot.Request request(ConsumerRecord<byte[], byte[]> entry) {
        String source = header(entry, "ce_source");
        String id = header(entry, "ce_id");
        String join = source.isEmpty() || id.isEmpty()
                ? ""
                : Digest.plain((source + "\0" + id).getBytes(StandardCharsets.UTF_8))
                        .substring(0, JOIN_ID_DIGITS);
        JsonNode data = json(entry);
        return new ClusterSnapshot.Request(
                place(entry),
                header(entry, "ce_type"),
                join,
                data.path("nodeName").asText(),
                labelsAndTaints(data),
                instant(header(entry, "ce_time")),
                content(entry));
    }

    private static Set<String> labelsAndTaints(JsonNode request) {
        Set<String> marks = new HashSet<>();
        request.path("labels")
                .properties()
                .forEach(label -> marks.add(
                        ClusterSnapshot.label(label.getKey(), label.getValue().asText())));
        request.path("taints")
                .forEach(taint -> marks.add(ClusterSnapshot.taint(
                        taint.path("key").asText(),
                        taint.path("value").asText(),
                        taint.path("effect").asText())));
        return marks;
    }

    private static ClusterSnapshot.Event event(ConsumerRecord<byte[], byte[]> entry) {
        JsonNode data = json(entry);
        return new ClusterSnapshot.Event(
                place(entry),
                header(entry, "ce_id"),
                eventKind(header(entry, "ce_type")),
                data.path("joinId").asText(),
                data.path("nodeName").asText(),
                data.path("nodeUid").asText(),
                StreamSupport.stream(data.path("residue").spliterator(), false)
                        .map(JsonNode::asText)
                        .toList(),
                instant(header(entry, "ce_time")),
                instant(data.path("deadline").asText()),
                content(entry));
    }

    /** The word before the version. */
    private static String eventKind(String type) {
        int version = type.lastIndexOf('.');
        return version < 0 ? "" : type.substring(type.lastIndexOf('.', version - 1) + 1, version);
    }

    private static ClusterSnapshot.DeadLetter deadLetter(ConsumerRecord<byte[], byte[]> entry) {
        return new ClusterSnapshot.DeadLetter(
                place(entry),
                Integer.parseInt(header(entry, "nodejoin.dlt.original.partition")),
                Long.parseLong(header(entry, "nodejoin.dlt.original.offset")),
                entry.headers().lastHeader("nodejoin.dlt.omitted") == null,
                content(entry));
    }

    private static JsonNode json(ConsumerRecord<byte[], byte[]> entry) {
        try {
            JsonNode data = entry.value() == null ? null : JSON.readTree(entry.value());
            return data == null ? JSON.missingNode() : data;
        } catch (IOException _) {
            return JSON.missingNode();
        }
    }

    private static @Nullable Instant instant(String text) {
        try {
            return text.isEmpty() ? null : Instant.parse(text);
        } catch (DateTimeException _) {
            return null;
        }
    }

    private static ClusterSnapshot.Place place(ConsumerRecord<byte[], byte[]> entry) {
        return new ClusterSnapshot.Place(entry.topic(), entry.partition(), entry.offset());
    }

    private static String content(ConsumerRecord<byte[], byte[]> entry) {
        return Digest.of(
                entry.key() == null ? new byte[0] : entry.key(), entry.value() == null ? new byte[0] : entry.value());
    }

    private static String header(ConsumerRecord<byte[], byte[]> entry, String name) {
        Header header = entry.headers().lastHeader(name);
        return header == null || header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }

    private static String decodeLatin1(byte @Nullable [] bytes) {
        return bytes == null ? "" : new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
