package io.nodejoin.cli.doctor;

import io.grpc.StatusRuntimeException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nodejoin.activities.RootCause;
import io.nodejoin.client.config.ConfigException;
import io.nodejoin.client.config.KafkaConfig;
import io.nodejoin.client.config.Role;
import io.nodejoin.client.kafka.KafkaPermissions;
import io.nodejoin.client.kafka.KafkaProbe;
import io.nodejoin.client.kafka.KafkaSettings;
import io.nodejoin.client.temporal.TemporalClients;
import io.nodejoin.client.temporal.TemporalEndpoint;
import io.nodejoin.client.temporal.TemporalFault;
import io.nodejoin.protocol.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Checks what the service needs beside clusters: Kafka and Temporal, with the settings of its file. They only read. */
public final class Dependencies {
    private static final int TIMEOUT_MILLIS = 5_000;
    private static final String NO_REQUESTS = "requests are not read, and outcomes are not published";

    private final KafkaConfig kafka;
    private final Set<Role> roles;
    private final TemporalEndpoint temporal;

    /** @param roles what the process does whose settings these are */
    public Dependencies(KafkaConfig kafka, Set<Role> roles, TemporalEndpoint temporal) {
        this.kafka = kafka;
        this.roles = roles;
        this.temporal = temporal;
    }

    /** Runs all checks in sequence. */
    public List<CheckResult> runChecks() throws InterruptedException {
        List<CheckResult> results = new ArrayList<>();
        Finding topics = topics();
        results.add(new CheckResult("kafka topics", topics));
        if (topics instanceof Finding.Passed) {
            results.add(new CheckResult("kafka permissions", permissions()));
        }
        try (TemporalClients clients = new TemporalClients(temporal, new SimpleMeterRegistry())) {
            Finding namespace = namespace(clients);
            results.add(new CheckResult("temporal namespace", namespace));
            if (namespace instanceof Finding.Passed) {
                results.add(new CheckResult("search attributes", attributes(clients)));
            }
        }
        return List.copyOf(results);
    }

    private Finding topics() throws InterruptedException {
        List<String> topics = List.of(kafka.requestsTopic(), kafka.eventsTopic(), kafka.deadLetterTopic());
        try (Admin admin = Admin.create(new KafkaSettings(kafka).common())) {
            List<String> missing = missing(admin, topics);
            admin.close(Duration.ZERO);
            return missing.isEmpty()
                    ? new Finding.Passed(String.join(", ", topics) + " at " + kafka.bootstrapServers())
                    : Finding.failed(
                            "Kafka at " + kafka.bootstrapServers() + " has no topic " + String.join(", ", missing),
                            NO_REQUESTS,
                            "kafka-topics.sh --create --topic " + missing.getFirst()
                                    + " --partitions 12 --bootstrap-server " + kafka.bootstrapServers());
        } catch (ExecutionException | KafkaException e) {
            return Finding.failed(
                    "Kafka at " + kafka.bootstrapServers() + " does not answer: " + RootCause.message(e),
                    NO_REQUESTS,
                    "correct kafka.bootstrapServers or kafka.clientPropertiesFile, or start the broker");
        } catch (ConfigException e) {
            return Finding.failed(String.valueOf(e.getMessage()), NO_REQUESTS, "correct the section kafka");
        }
    }

    private Finding permissions() throws InterruptedException {
        KafkaPermissions wanted = KafkaPermissions.of(kafka, roles);
        try (Admin admin = Admin.create(new KafkaSettings(kafka).common())) {
            String lacking = new KafkaProbe(admin, wanted).notReadyReason();
            admin.close(Duration.ZERO);
            return lacking == null
                    ? new Finding.Passed("the Kafka user may do what the roles need")
                    : Finding.failed(
                            lacking,
                            NO_REQUESTS,
                            "deploy/kafka/acls service USER --bootstrap-server " + kafka.bootstrapServers());
        } catch (ConfigException e) {
            return Finding.failed(String.valueOf(e.getMessage()), NO_REQUESTS, "correct the section kafka");
        }
    }

    /** A topic that may not be described is there for all that is known; the next check names the right. */
    private static List<String> missing(Admin admin, List<String> topics)
            throws ExecutionException, InterruptedException {
        Map<String, KafkaFuture<TopicDescription>> described = admin.describeTopics(
                        topics, new DescribeTopicsOptions().timeoutMs(TIMEOUT_MILLIS))
                .topicNameValues();
        List<String> missing = new ArrayList<>();
        for (Map.Entry<String, KafkaFuture<TopicDescription>> topic : described.entrySet()) {
            try {
                topic.getValue().get();
            } catch (ExecutionException e) {
                switch (e.getCause()) {
                    case UnknownTopicOrPartitionException _ -> missing.add(topic.getKey());
                    case TopicAuthorizationException _ -> {}
                    case null, default -> throw e;
                }
            }
        }
        return missing;
    }

    private Finding namespace(TemporalClients clients) {
        Optional<Problem> unusable = clients.credentialsProblem();
        if (unusable.isPresent()) {
            return failed(unusable.get());
        }
        try {
            String id = clients.namespaceId();
            return new Finding.Passed(
                    temporal.config().namespace() + " at " + temporal.config().target() + ", id " + id);
        } catch (StatusRuntimeException e) {
            return failed(TemporalFault.describe(e, temporal));
        }
    }

    private Finding attributes(TemporalClients clients) {
        try {
            return clients.missingAttributes()
                    .<Finding>map(problem -> Finding.warned(
                            problem.detail(),
                            "the service adds them at its start, where it may; elsewhere joins cannot start",
                            "temporal operator search-attribute create --namespace "
                                    + temporal.config().namespace()
                                    + " --name NodeJoinCluster --type Keyword, and so on"))
                    .orElseGet(() -> new Finding.Passed("those of joins are registered"));
        } catch (StatusRuntimeException e) {
            return failed(TemporalFault.describe(e, temporal));
        }
    }

    private static Finding failed(Problem problem) {
        return Finding.failed(
                problem.detail(), problem.code().meaning(), problem.code().remedy());
    }
}
