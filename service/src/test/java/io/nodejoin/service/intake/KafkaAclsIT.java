package io.nodejoin.service.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nodejoin.activities.kafka.KafkaEventActivities;
import io.nodejoin.client.config.KafkaConfig;
import io.nodejoin.client.config.Role;
import io.nodejoin.client.kafka.KafkaPermissions;
import io.nodejoin.client.kafka.KafkaProbe;
import io.nodejoin.client.kafka.KafkaSettings;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.service.tracing.RequestSpans;
import io.nodejoin.workflows.event.OutcomeEvent;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import io.nodejoin.workflows.lifecycle.NodeRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A broker on which users have what {@code deploy/kafka/acls} grants, and nothing else. */
@Tag("real")
class KafkaAclsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private static Path directory;

    private static AuthorizedBroker broker;

    /** Each user has the name of its part. */
    @BeforeAll
    static void start() throws Exception {
        broker = AuthorizedBroker.start(directory, AclScript.PARTS);
        for (String part : AclScript.PARTS) {
            broker.admin().createAcls(granted(part)).all().get();
        }
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private static List<AclBinding> granted(String part) throws Exception {
        return new AclScript(directory).granted(part, part);
    }

    private static String notReady(String user, Set<Role> roles) throws Exception {
        KafkaConfig kafka = broker.as(user);
        try (Admin admin = Admin.create(new KafkaSettings(kafka).common())) {
            return String.valueOf(new KafkaProbe(admin, KafkaPermissions.of(kafka, roles)).notReadyReason());
        }
    }

    private static Producer<byte[], byte[]> producer(String user) throws Exception {
        return new KafkaProducer<>(
                new KafkaSettings(broker.as(user)).producer(), new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Reads a topic from its beginning, as commands do. */
    private static Consumer<byte[], byte[]> reader(String user, String topic) throws Exception {
        Consumer<byte[], byte[]> reader = new KafkaConsumer<>(
                new KafkaSettings(broker.as(user)).reader(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        reader.assign(List.of(new TopicPartition(topic, 0)));
        reader.seekToBeginning(reader.assignment());
        return reader;
    }

    /** Returns the types of this many events. */
    private static List<String> types(Consumer<byte[], byte[]> consumer, int count) {
        List<String> types = new ArrayList<>();
        Awaitility.await().atMost(PATIENCE).until(() -> {
            consumer.poll(Duration.ofMillis(200))
                    .forEach(event -> types.add(
                            new String(event.headers().lastHeader("ce_type").value(), StandardCharsets.UTF_8)));
            return types.size() >= count;
        });
        return types;
    }

    private static ProducerRecord<byte[], byte[]> request(String topic, String data) {
        ProducerRecord<byte[], byte[]> request = new ProducerRecord<>(topic, data.getBytes(StandardCharsets.UTF_8));
        Map.of(
                        "ce_specversion", "1.0",
                        "ce_type", "io.nodejoin.join.requested.v1",
                        "ce_id", "request-1",
                        "ce_source", "/autoscaler",
                        "ce_time", Instant.now().toString(),
                        "content-type", "application/json")
                .forEach((name, value) -> request.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        return request;
    }

    @Test
    void shouldLetRequestsEventsAndDeadLettersPass() throws Exception {
        // given
        KafkaConfig kafka = broker.as("intake");
        Queue<NodeRequest> started = new ConcurrentLinkedQueue<>();

        try (ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
                Producer<byte[], byte[]> deadLetters = producer("intake");
                KafkaEventActivities worker = new KafkaEventActivities(producer("worker"), kafka.eventsTopic());
                Producer<byte[], byte[]> autoscaler = producer("autoscaler");
                Producer<byte[], byte[]> operator = producer("operator")) {
            EventIntake intake = intake(kafka, deadLetters, started, scheduler);

            // when
            autoscaler
                    .send(request(
                            kafka.requestsTopic(),
                            "{\"cluster\":\"west\",\"nodeName\":\"n1\",\"enrollment\":\"" + "0123456789abcdef".repeat(4)
                                    + "\"}"))
                    .get();
            operator.send(request(kafka.requestsTopic(), "no request")).get();
            intake.start();
            Awaitility.await().atMost(PATIENCE).until(() -> !started.isEmpty());
            worker.publish(List.of(accepted()));

            // then
            try (Consumer<byte[], byte[]> follower = group("autoscaler");
                    Consumer<byte[], byte[]> events = reader("operator", kafka.eventsTopic());
                    Consumer<byte[], byte[]> letters = reader("operator", kafka.deadLetterTopic());
                    Consumer<byte[], byte[]> dashboardEvents = reader("intake", kafka.eventsTopic());
                    Consumer<byte[], byte[]> dashboardLetters = reader("intake", kafka.deadLetterTopic())) {
                String[] types = {"io.nodejoin.join.accepted.v1", "io.nodejoin.join.rejected.v1"};
                assertThat(types(follower, 2)).containsExactlyInAnyOrder(types);
                follower.commitSync();
                assertThat(types(events, 2)).containsExactlyInAnyOrder(types);
                assertThat(types(dashboardEvents, 2)).containsExactlyInAnyOrder(types);
                assertThat(types(letters, 1)).hasSize(1);
                assertThat(types(dashboardLetters, 1)).hasSize(1);
            }
            intake.stop();
        }
        assertThat(committed(kafka)).isEqualTo(2);
        assertThat(notReady("intake", Set.of(Role.INTAKE))).isEqualTo("null");
        assertThat(notReady("worker", Set.of(Role.WORKER))).isEqualTo("null");
        assertThat(notReady("service", Role.all())).isEqualTo("null");
    }

    private static EventIntake intake(
            KafkaConfig kafka,
            Producer<byte[], byte[]> deadLetters,
            Queue<NodeRequest> started,
            ScheduledExecutorService scheduler)
            throws Exception {
        Map<String, Object> consumer = new KafkaSettings(kafka).consumer();
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        RequestReader reader = new RequestReader(
                RequestReaderTest.CLUSTERS, RequestReaderTest.BELIEVED, Duration.ofMinutes(14), Clock.systemUTC());
        RecordProcessor processor = new RecordProcessor(
                reader,
                new Starts(started),
                new NoOffers(),
                new KafkaDeadLetters(deadLetters, kafka, Clock.systemUTC()),
                (_, _) -> {},
                meters,
                RequestSpans.none());
        return new EventIntake(
                () -> new KafkaConsumer<>(consumer, new ByteArrayDeserializer(), new ByteArrayDeserializer()),
                kafka.requestsTopic(),
                processor,
                16,
                System::nanoTime,
                scheduler,
                meters);
    }

    /** Keeps what would be started. */
    private record Starts(Queue<NodeRequest> requests) implements JoinStarter {
        @Override
        public StartResult start(RequestDecision.Start start) {
            requests.add(start.request());
            return new StartResult.Started();
        }

        @Override
        public StartResult startIfIdle(JoinRequest request) {
            throw new AssertionError("no record comes this way: " + request);
        }

        @Override
        public Optional<Problem> cancel(RequestDecision.Cancel cancel) {
            return Optional.empty();
        }

        @Override
        public boolean isKnown(NodeRequest request) {
            return false;
        }
    }

    private static OutcomeEvent accepted() {
        ClusterName cluster = new ClusterName("west");
        JoinAccepted event = new JoinAccepted(
                cluster, new NodeName("n1"), JoinId.of("/autoscaler", "request-1"), Instant.now(), null);
        return new OutcomeEvent("accepted-1", cluster, "n1", Instant.now(), event);
    }

    /** Reads events in the group of this user. */
    private static Consumer<byte[], byte[]> group(String user) throws Exception {
        Map<String, Object> settings = new HashMap<>(new KafkaSettings(broker.as(user)).common());
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, user);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        Consumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.subscribe(List.of(broker.as(user).eventsTopic()));
        return consumer;
    }

    private static long committed(KafkaConfig kafka) throws Exception {
        return broker.admin()
                .listConsumerGroupOffsets(kafka.groupId())
                .partitionsToOffsetAndMetadata()
                .get()
                .getOrDefault(new TopicPartition(kafka.requestsTopic(), 0), new OffsetAndMetadata(0))
                .offset();
    }

    static List<AclBinding> neededByTheService() throws Exception {
        return granted("service");
    }

    @ParameterizedTest
    @MethodSource("neededByTheService")
    void shouldNameTheOneRightThatIsMissing(AclBinding acl) throws Exception {
        // given
        String operation = acl.entry().operation() == AclOperation.READ ? "Read" : "Write";
        String kind = acl.pattern().resourceType() == ResourceType.TOPIC ? "topic" : "group";
        broker.admin().deleteAcls(List.of(acl.toFilter())).all().get();
        try {
            // when, then
            Awaitility.await()
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(notReady("service", Role.all()))
                            .isEqualTo(
                                    "the Kafka user lacks %s on the %s %s; grant it: kafka-acls.sh --bootstrap-server"
                                            + " BROKER --add --allow-principal User:NAME --%s %s --operation %s",
                                    operation,
                                    kind,
                                    acl.pattern().name(),
                                    kind,
                                    acl.pattern().name(),
                                    operation));
        } finally {
            broker.admin().createAcls(List.of(acl)).all().get();
            Awaitility.await()
                    .atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(notReady("service", Role.all())).isEqualTo("null"));
        }
    }

    @Test
    void shouldRefuseEventsOfAnAutoscaler() throws Exception {
        // given
        try (Producer<byte[], byte[]> autoscaler = producer("autoscaler")) {
            // when, then
            assertThatThrownBy(() -> autoscaler
                            .send(request(broker.as("autoscaler").eventsTopic(), "{}"))
                            .get())
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(TopicAuthorizationException.class);
        }
    }

    @Test
    void shouldGrantEachPartWhatThePageSays() throws Exception {
        // given
        String page = Files.readString(Path.of("..", "docs", "operations", "kafka-acls.md"));

        // when, then
        for (String part : AclScript.PARTS) {
            StringBuilder row = new StringBuilder("| `" + part + "` |");
            for (String resource : List.of("nodejoin.requests.v1", "nodejoin.events.v1", "nodejoin.requests.v1-dlt")) {
                row.append(' ').append(operations(part, resource)).append(" |");
            }
            assertThat(page).contains(row + " " + groups(part) + " |");
        }
    }

    private static String operations(String part, String topic) throws Exception {
        return String.join(
                ", ",
                granted(part).stream()
                        .filter(acl -> acl.pattern().name().equals(topic))
                        .map(acl -> acl.entry().operation() == AclOperation.READ ? "Read" : "Write")
                        .toList());
    }

    private static String groups(String part) throws Exception {
        return String.join(
                ", ",
                granted(part).stream()
                        .map(AclBinding::pattern)
                        .filter(pattern -> pattern.resourceType() == ResourceType.GROUP)
                        .map(pattern -> pattern.name().equals(part) ? "USER" : "`" + pattern.name() + "`")
                        .toList());
    }
}
