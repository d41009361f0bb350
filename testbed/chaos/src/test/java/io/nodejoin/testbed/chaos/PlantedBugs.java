package io.nodejoin.testbed.chaos;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.testbed.controlplane.ControlPlane;
import io.nodejoin.testbed.kafka.KafkaBroker;
import io.nodejoin.testbed.pki.ClientKey;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Makes by hand, on a real bed, what bugs of Nodejoin would leave behind. */
final class PlantedBugs implements AutoCloseable {
    private static final String TOKENS = "kube-system";
    private static final String GROUP = "system:bootstrappers:nodejoin";
    private static final String NOBODY = JoinId.of("/planted", "nobody").value();

    private final ChaosBed bed;
    private final KubernetesClient admin;
    private final Admin kafka;
    private final KafkaProducer<String, byte[]> producer;

    PlantedBugs(ChaosBed bed) {
        this.bed = bed;
        this.admin = ControlPlane.client(bed.testBed().directories().adminKubeconfig());
        this.kafka =
                Admin.create(Map.of("bootstrap.servers", bed.testBed().kafka().bootstrapServers()));
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bed.testBed().kafka().bootstrapServers(), "acks", "all"),
                new StringSerializer(),
                new ByteArraySerializer());
    }

    void token(String id, String join, String groups, String expiration) {
        SecretBuilder secret = new SecretBuilder()
                .withNewMetadata()
                .withNamespace(TOKENS)
                .withName("bootstrap-token-" + id)
                .withLabels(Map.of("app.kubernetes.io/managed-by", "nodejoin", "nodejoin.io/join-id", join))
                .endMetadata()
                .withType("bootstrap.kubernetes.io/token")
                .addToStringData("token-id", id)
                .addToStringData("token-secret", "0123456789abcdef")
                .addToStringData("usage-bootstrap-authentication", "true")
                .addToStringData("auth-extra-groups", groups);
        if (!expiration.isEmpty()) {
            secret.addToStringData("expiration", expiration);
        }
        admin.resource(secret.build()).create();
    }

    void orphanToken(String id, String join) {
        token(
                id,
                join,
                GROUP,
                Instant.now().plusSeconds(500).truncatedTo(ChronoUnit.SECONDS).toString());
    }

    /** Asked for with a token that no join has had. */
    CertificateSigningRequest request(String name, String tokenId, String node) {
        Config config = new ConfigBuilder(admin.getConfiguration())
                .withImpersonateUsername("system:bootstrap:" + tokenId)
                .withImpersonateGroups("system:bootstrappers", GROUP, "system:authenticated")
                .build();
        try (KubernetesClient asker =
                new KubernetesClientBuilder().withConfig(config).build()) {
            return asker.resource(new CertificateSigningRequestBuilder()
                            .withNewMetadata()
                            .withName(name)
                            .endMetadata()
                            .withNewSpec()
                            .withRequest(encoded(node))
                            .withSignerName("kubernetes.io/kube-apiserver-client-kubelet")
                            .withUsages("digital signature", "client auth")
                            .endSpec()
                            .build())
                    .create();
        }
    }

    private static String encoded(String node) {
        return Base64.getEncoder()
                .encodeToString(ClientKey.newRequestFor(new NodeName(node)).getBytes(StandardCharsets.UTF_8));
    }

    void approve(CertificateSigningRequest csr) {
        admin.resource(new CertificateSigningRequestBuilder(csr)
                        .withNewStatus()
                        .addNewCondition()
                        .withType("Approved")
                        .withStatus("True")
                        .withReason("NodejoinApproved")
                        .endCondition()
                        .endStatus()
                        .build())
                .subresource("approval")
                .update();
    }

    void node(String name) {
        admin.resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
    }

    void removeLabel(NodeName name) {
        admin.nodes()
                .withName(name.value())
                .edit(node -> new NodeBuilder(node)
                        .editMetadata()
                        .removeFromLabels("nodejoin.io/chaos")
                        .endMetadata()
                        .build());
    }

    void deleteNode(NodeName name) {
        admin.nodes().withName(name.value()).delete();
    }

    void ledgerEntry(String id, String join) {
        admin.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace("nodejoin-system")
                        .withName("token-" + id)
                        .withLabels(Map.of("app.kubernetes.io/managed-by", "nodejoin", "nodejoin.io/join-id", join))
                        .endMetadata()
                        .build())
                .create();
    }

    void clusterInfo(String key, String value) {
        admin.configMaps()
                .inNamespace("kube-public")
                .withName("cluster-info")
                .edit(info -> new ConfigMapBuilder(info).addToData(key, value).build());
    }

    void accepted(String node, String join, Instant deadline) {
        send(
                KafkaBroker.EVENTS,
                ChaosBed.CLUSTER + "/" + node,
                """
                {"cluster": "testbed", "nodeName": "%s", "joinId": "%s", "deadline": "%s"}
                """.formatted(node, join, deadline),
                headers("accepted-" + node, "accepted"));
    }

    /** A whole event, since others listen too. */
    void outcome(String id, String node, String join, String detail) {
        send(
                KafkaBroker.EVENTS,
                ChaosBed.CLUSTER + "/" + node,
                """
                {"cluster": "testbed", "nodeName": "%s", "joinId": "%s", "reason": "TERMINATED", "reasonClass": "control-plane",
                 "detail": "%s", "retryable": true, "replaceHost": false, "residue": [], "hostLog": [], "phases": []}
                """.formatted(node, join, detail),
                headers(id, "failed"));
    }

    private static Map<String, String> headers(String id, String kind) {
        return Map.of("ce_id", id, "ce_source", "/planted", "ce_type", "io.nodejoin.join." + kind + ".v1");
    }

    void deadLetter(int partition, long offset) {
        send(
                KafkaBroker.DEAD_LETTERS,
                "planted",
                "not what was sent",
                Map.of(
                        "nodejoin.dlt.original.partition", Integer.toString(partition),
                        "nodejoin.dlt.original.offset", Long.toString(offset)));
    }

    /** Makes Kafka forget the service, which has its place kept for it when it stops. */
    void emptyGroup() {
        await(kafka.removeMembersFromConsumerGroup("nodejoin", new RemoveMembersFromConsumerGroupOptions())
                .all());
    }

    /** A request that nobody reads, since its offset is committed. The service must not run. */
    RecordMetadata forgottenRequest(String node) {
        return forgottenRequest(node, node, Instant.now());
    }

    /** A request under this id, made at this time, that nobody reads. */
    RecordMetadata forgottenRequest(String node, String id, Instant made) {
        RecordMetadata place = send(
                KafkaBroker.REQUESTS,
                ChaosBed.CLUSTER + "/" + node,
                "{\"cluster\": \"testbed\", \"nodeName\": \"" + node + "\"}",
                Map.of(
                        "ce_id",
                        id,
                        "ce_source",
                        "/planted",
                        "ce_type",
                        "io.nodejoin.join.requested.v1",
                        "ce_time",
                        made.toString()));
        await(kafka.alterConsumerGroupOffsets(
                        "nodejoin",
                        Map.of(
                                new TopicPartition(place.topic(), place.partition()),
                                new OffsetAndMetadata(place.offset() + 1)))
                .all());
        return place;
    }

    void run(String node, String join) {
        WorkflowServiceStubs stubs = WorkflowServiceStubs.newServiceStubs(WorkflowServiceStubsOptions.newBuilder()
                .setTarget(bed.testBed().temporal().target())
                .build());
        try {
            WorkflowClient.newInstance(stubs)
                    .newUntypedWorkflowStub(
                            "NodeJoinWorkflow",
                            WorkflowOptions.newBuilder()
                                    .setWorkflowId(ChaosBed.workflowId(node))
                                    .setTaskQueue("nobody")
                                    .setMemo(Map.of("joinId", join))
                                    .build())
                    .start();
        } finally {
            stubs.shutdownNow();
        }
    }

    /** Gives one host the certificate and key of another. */
    static void copyKey(Path from, Path to) {
        String file = "var/lib/kubelet/pki/kubelet-client-current.pem";
        try {
            Files.copy(from.resolve(file), to.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void file(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The join that the forgotten request under this id, by default its node, asked for. */
    static String join(String id) {
        return JoinId.of("/planted", id).value();
    }

    static String nobody() {
        return NOBODY;
    }

    /** The directory that the host of this node takes for its file system. */
    Path root(NodeName node) {
        Path hosts = bed.testBed().directories().root().resolve("simulated");
        try (Stream<Path> all = Files.list(hosts)) {
            return all.filter(host -> host.getFileName().toString().startsWith(node + "-"))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + hosts, e);
        }
    }

    private RecordMetadata send(String topic, String key, String value, Map<String, String> headers) {
        ProducerRecord<String, byte[]> entry = new ProducerRecord<>(topic, key, value.getBytes(StandardCharsets.UTF_8));
        headers.forEach((name, text) -> entry.headers().add(name, text.getBytes(StandardCharsets.UTF_8)));
        return await(producer.send(entry));
    }

    private static <T> T await(Future<T> answer) {
        try {
            return answer.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException("Kafka did not take it", e);
        }
    }

    @Override
    public void close() {
        producer.close();
        kafka.close();
        admin.close();
    }
}
