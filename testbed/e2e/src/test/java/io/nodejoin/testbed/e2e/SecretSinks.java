package io.nodejoin.testbed.e2e;

import io.nodejoin.protocol.NodeName;
import io.nodejoin.testbed.http.HttpProbe;
import io.nodejoin.testbed.process.CommandResult;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Every place to which something of a join goes and which is no place for a secret. */
final class SecretSinks {
    private static final Duration POLL_INTERVAL = Duration.ofMillis(200);
    private static final Pattern DUMP = Pattern.compile("core(\\.\\d+)?|hs_err_pid.*|.*\\.hprof|replay_pid.*");

    private final SharedBed bed;

    SecretSinks(SharedBed bed) {
        this.bed = bed;
    }

    /** Histories as Temporal keeps them, with raw payloads, and as a person exports them. */
    byte[] histories(List<NodeName> nodes) {
        var all = new ByteArrayOutputStream();
        for (NodeName node : nodes) {
            bed.histories().exports(node).forEach(all::writeBytes);
        }
        return all.toByteArray();
    }

    /** The database file, with what is not yet merged into it. */
    byte[] temporalDatabase() {
        return files(bed.testBed().directories().root(), file -> name(file).startsWith("temporal.db"));
    }

    /** Keys, values and headers of a topic's records. */
    byte[] topic(String name) {
        try (var consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bed.testBed().kafka().bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(name).stream()
                    .map(partition -> new TopicPartition(name, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            var all = new ByteArrayOutputStream();
            while (partitions.stream()
                    .anyMatch(partition -> consumer.position(partition) < ends.getOrDefault(partition, 0L))) {
                consumer.poll(POLL_INTERVAL).forEach(message -> write(message, all));
            }
            return all.toByteArray();
        }
    }

    private static void write(ConsumerRecord<byte[], byte[]> message, ByteArrayOutputStream all) {
        Stream.of(message.key(), message.value()).filter(part -> part != null).forEach(part -> {
            all.writeBytes(part);
            all.write('\n');
        });
        message.headers().forEach(header -> {
            all.writeBytes((header.key() + ": ").getBytes(StandardCharsets.UTF_8));
            all.writeBytes(header.value() == null ? new byte[0] : header.value());
            all.write('\n');
        });
    }

    /** What the broker has on its disk. */
    byte[] brokerFiles() {
        return files(
                bed.testBed().directories().root().resolve("kafka"),
                file -> name(file).endsWith(".log") && file.toString().contains("/nodejoin."));
    }

    byte[] serviceLog() {
        return file(bed.testBed().service().process().log());
    }

    /** What the other processes of the bed say: API server, controllers, etcd, broker, Temporal. */
    byte[] otherLogs() {
        return files(
                bed.testBed().directories().log(),
                file -> !file.equals(bed.testBed().service().process().log()));
    }

    byte[] auditFile() {
        return file(bed.testBed().directories().root().resolve("audit.log"));
    }

    byte[] metrics() {
        return HttpProbe.plain()
                .get(bed.testBed().service().admin().resolve("/metrics"))
                .orElseThrow()
                .body()
                .getBytes(StandardCharsets.UTF_8);
    }

    /** What the command line shows of a join, as talkative as it can be. */
    byte[] commandLine(String... words) {
        CommandResult result = bed.testBed()
                .service()
                .cli(words)
                .withVariable("NODEJOIN_LOG_LEVEL", "TRACE")
                .withVariable(
                        "NODEJOIN_CONFIG", bed.testBed().service().config().toString())
                .withVariable("NODEJOIN_CLUSTER", SharedBed.CLUSTER.value())
                .run();
        return (result.output() + result.error()).getBytes(StandardCharsets.UTF_8);
    }

    /** Core dumps, heap dumps and error reports where the processes of the bed could leave them. */
    byte[] dumps() {
        var all = new ByteArrayOutputStream();
        for (Path directory :
                List.of(bed.testBed().directories().root(), Path.of("").toAbsolutePath())) {
            all.writeBytes(files(directory, file -> DUMP.matcher(name(file)).matches()));
        }
        return all.toByteArray();
    }

    private static byte[] files(Path directory, Predicate<Path> wanted) {
        try (Stream<Path> files = Files.walk(directory)) {
            var all = new ByteArrayOutputStream();
            files.filter(Files::isRegularFile)
                    .filter(wanted)
                    .map(SecretSinks::file)
                    .forEach(all::writeBytes);
            return all.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] file(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String name(Path file) {
        return file.getFileName().toString();
    }
}
