package io.nodejoin.testbed.e2e;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.nodejoin.protocol.NodeName;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Reads the events topic from its beginning and holds each record against the published schema of its type. */
final class PublishedEvents {
    private static final String TOPIC = "nodejoin.events.v1";
    private static final SchemaRegistry REGISTRY =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    private PublishedEvents() {}

    /** Returns what the schemas refuse, of all records that are on the topic now. */
    static List<String> violations(String bootstrapServers) {
        Map<String, Schema> schemas = new HashMap<>();
        List<String> violations = new ArrayList<>();
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers), new StringDeserializer(), new ByteArrayDeserializer())) {
            Map<TopicPartition, Long> ends = assign(consumer);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<String, byte[]> event : consumer.poll(Duration.ofSeconds(1))) {
                    String type = header(event, "ce_type");
                    Schema schema = schemas.computeIfAbsent(type, PublishedEvents::schema);
                    String data = new String(event.value(), StandardCharsets.UTF_8);
                    schema.validate(
                                    data,
                                    InputFormat.JSON,
                                    context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)))
                            .forEach(error -> violations.add(type + ": " + error + " in " + data));
                }
            }
        }
        return violations;
    }

    private static Map<TopicPartition, Long> assign(KafkaConsumer<String, byte[]> consumer) {
        List<TopicPartition> partitions = consumer.partitionsFor(TOPIC).stream()
                .map(partition -> new TopicPartition(TOPIC, partition.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return consumer.endOffsets(partitions);
    }

    private static Schema schema(String type) {
        String name = type.replace("io.nodejoin.", "").replaceFirst("\\.", "-") + ".json";
        try (InputStream json = Objects.requireNonNull(NodeName.class.getResourceAsStream("schema/" + name), name)) {
            return REGISTRY.getSchema(json, InputFormat.JSON);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String header(ConsumerRecord<String, byte[]> event, String name) {
        return new String(
                Objects.requireNonNull(event.headers().lastHeader(name), name).value(), StandardCharsets.UTF_8);
    }
}
