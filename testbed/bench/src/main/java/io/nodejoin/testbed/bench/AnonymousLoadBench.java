package io.nodejoin.testbed.bench;

import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.flowcontrol.v1.PriorityLevelConfiguration;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.agent.discovery.Pem;
import io.nodejoin.agent.discovery.Tls;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.bench.AnonymousLoadResult.Reads;
import io.nodejoin.testbed.bench.AnonymousLoadResult.Round;
import io.nodejoin.testbed.bench.AnonymousLoadResult.UnderLoad;
import io.nodejoin.testbed.controlplane.BootstrapTokens;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures the latency of small reads of one user, alone and under anonymous load. The user authenticates by a
 * bootstrap token, whose requests share a priority level with anonymous requests unless Nodejoin's priority level
 * exists.
 */
final class AnonymousLoadBench implements AutoCloseable {
    private static final String CLUSTER_INFO = "/api/v1/namespaces/kube-public/configmaps/cluster-info";
    /** As open to everybody as cluster-info, but as cheap as a request can be. */
    private static final String VERSION = "/version";

    private static final String NAME = "anonymous-load-bench";
    private static final String GROUP = "system:bootstrappers:anonymous-load-bench";
    private static final String PRIORITY_LEVEL = "nodejoin-cluster-info";
    private static final String RBAC = "rbac.authorization.k8s.io";
    private static final int OK = 200;
    private static final Duration BETWEEN_READS = Duration.ofMillis(10);
    private static final Duration WARM_UP = Duration.ofSeconds(5);
    /** Until all connections of the crowd are there. */
    private static final Duration CONNECT_TIME = Duration.ofSeconds(2);

    private static final Duration PRIORITY_LEVEL_SETTLE_TIME = Duration.ofSeconds(1);

    private final KubernetesClient admin;
    private final HttpClient http;
    private final HttpRequest read;
    private final AnonymousLoad load;
    private final Duration length;

    /** Creates the user and the objects that it reads. The cluster must be prepared. */
    AnonymousLoadBench(TestBed bed, KubernetesClient admin, int perSecond, Duration length)
            throws IOException, CertificateException {
        String apiServer = bed.controlPlane().url();
        Path authority = bed.directories().pki().resolve("ca.crt");
        this.admin = admin;
        this.load = new AnonymousLoad(apiServer, perSecond);
        this.length = length;
        this.http = Tls.client(Tls.trusting(Pem.parseCertificates(Files.readString(authority))));
        createReadableNode();
        this.read = HttpRequest.newBuilder(URI.create(apiServer + "/api/v1/nodes/" + NAME))
                .header(
                        "Authorization",
                        "Bearer "
                                + BootstrapTokens.create(
                                                admin,
                                                Map.of(
                                                        "usage-bootstrap-authentication",
                                                        "true",
                                                        "auth-extra-groups",
                                                        GROUP))
                                        .bearerToken())
                .timeout(Duration.ofSeconds(30))
                .build();
    }

    private void createReadableNode() {
        admin.resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName(NAME)
                        .endMetadata()
                        .build())
                .serverSideApply();
        admin.resource(new ClusterRoleBuilder()
                        .withNewMetadata()
                        .withName(NAME)
                        .endMetadata()
                        .addNewRule()
                        .withApiGroups("")
                        .withResources("nodes")
                        .withVerbs("get")
                        .endRule()
                        .build())
                .serverSideApply();
        admin.resource(new ClusterRoleBindingBuilder()
                        .withNewMetadata()
                        .withName(NAME)
                        .endMetadata()
                        .withNewRoleRef(RBAC, "ClusterRole", NAME)
                        .addNewSubject(RBAC, "Group", GROUP, null)
                        .build())
                .serverSideApply();
    }

    /** Replaces Nodejoin's priority level by another one of the same name. */
    void replacePriorityLevel(Path file) throws IOException {
        try (var text = Files.newInputStream(file)) {
            admin.resource((PriorityLevelConfiguration) admin.load(text).items().getFirst())
                    .update();
        }
    }

    /**
     * Runs the rounds, each without load, with load on another path, and with load with and without the priority level.
     */
    AnonymousLoadResult run(int rounds) throws InterruptedException, ExecutionException, IOException {
        measureReads(WARM_UP);
        List<Round> all = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            Reads idle = measureReads(length);
            UnderLoad elsewhere = measureUnderLoad(VERSION);
            UnderLoad with = measureUnderLoad(CLUSTER_INFO);
            all.add(new Round(idle, elsewhere, with, measureWithoutPriorityLevel()));
        }
        return new AnonymousLoadResult(load.perSecond(), all);
    }

    private UnderLoad measureWithoutPriorityLevel() throws InterruptedException, ExecutionException, IOException {
        var schema =
                admin.flowControl().v1().flowSchema().withName(PRIORITY_LEVEL).require();
        var level = admin.flowControl()
                .v1()
                .priorityLevelConfigurations()
                .withName(PRIORITY_LEVEL)
                .require();
        admin.resource(schema).delete();
        admin.resource(level).delete();
        try {
            return measureUnderLoad(CLUSTER_INFO);
        } finally {
            level.getMetadata().setResourceVersion(null);
            schema.getMetadata().setResourceVersion(null);
            admin.resource(level).create();
            admin.resource(schema).create();
        }
    }

    private UnderLoad measureUnderLoad(String path) throws InterruptedException, ExecutionException, IOException {
        CompletableFuture<H2loadLog> log = CompletableFuture.supplyAsync(
                () -> load.run(path, CONNECT_TIME.plus(length).plus(PRIORITY_LEVEL_SETTLE_TIME)));
        LockSupport.parkNanos(CONNECT_TIME.toNanos());
        Instant begin = Instant.now();
        Reads reads = measureReads(length);
        return new UnderLoad(reads, log.get().count(begin, length, load.perSecond()));
    }

    private Reads measureReads(Duration time) throws InterruptedException, IOException {
        long end = System.nanoTime() + time.toNanos();
        List<Double> seconds = new ArrayList<>();
        while (System.nanoTime() < end) {
            long begin = System.nanoTime();
            int status = http.send(read, HttpResponse.BodyHandlers.discarding()).statusCode();
            seconds.add((System.nanoTime() - begin) / 1e9);
            if (status != OK) {
                throw new IllegalStateException("a small read of another user is answered with " + status);
            }
            LockSupport.parkNanos(BETWEEN_READS.toNanos());
        }
        return Reads.of(new Samples(seconds));
    }

    @Override
    public void close() {
        http.close();
    }
}
