package io.nodejoin.testbed.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.agent.discovery.Pem;
import io.nodejoin.agent.discovery.Tls;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.bench.CrowdMain.Crowd;
import io.nodejoin.testbed.bench.CrowdResult.Round;
import io.nodejoin.testbed.process.Command;
import io.nodejoin.testbed.provision.Repository;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** How long a service account waits for small reads, alone and beside a crowd that reads cluster-info anonymously. */
final class CrowdBench implements AutoCloseable {
    private static final String USER = "crowd-bench";
    private static final String LEVEL = "nodejoin-cluster-info";
    private static final int WARM_UP = 300;
    private static final int OK = 200;
    private static final Duration BETWEEN_READS = Duration.ofMillis(10);

    private final Path authority;
    private final KubernetesClient admin;
    private final HttpClient http;
    private final HttpRequest read;
    private final String apiServer;
    private final int perSecond;
    private final Duration length;

    /** Makes the user. The cluster must be prepared. */
    CrowdBench(TestBed bed, KubernetesClient admin, int perSecond, Duration length)
            throws IOException, CertificateException {
        this.authority = bed.directories().pki().resolve("ca.crt");
        this.admin = admin;
        this.apiServer = bed.controlPlane().url();
        this.perSecond = perSecond;
        this.length = length;
        this.http = Tls.client(Tls.trusting(Pem.certificates(Files.readString(authority))));
        this.read = HttpRequest.newBuilder(
                        URI.create(apiServer + "/api/v1/namespaces/default/configmaps/kube-root-ca.crt"))
                .header("Authorization", "Bearer " + userToken())
                .timeout(Duration.ofSeconds(30))
                .build();
    }

    private String userToken() {
        admin.resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withName(USER)
                        .withNamespace("default")
                        .endMetadata()
                        .build())
                .serverSideApply();
        admin.resource(new ClusterRoleBindingBuilder()
                        .withNewMetadata()
                        .withName(USER)
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "view")
                        .addNewSubject("", "ServiceAccount", USER, "default")
                        .build())
                .serverSideApply();
        return admin.serviceAccounts()
                .inNamespace("default")
                .withName(USER)
                .tokenRequest()
                .getStatus()
                .getToken();
    }

    /** Gives the crowd's priority level another part of the API server's seats. */
    void setShares(int shares) {
        admin.flowControl().v1().priorityLevelConfigurations().withName(LEVEL).edit(level -> {
            level.getSpec().getLimited().setNominalConcurrencyShares(shares);
            return level;
        });
    }

    /** Each round: alone, beside the crowd with the priority level that Nodejoin brings, and without it. */
    CrowdResult run(int rounds) throws InterruptedException, IOException {
        reads(new ReadCount(WARM_UP));
        List<Round> all = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            Samples idle = alone();
            Beside with = besideCrowd();
            var schema = admin.flowControl().v1().flowSchema().withName(LEVEL).require();
            var level = admin.flowControl()
                    .v1()
                    .priorityLevelConfigurations()
                    .withName(LEVEL)
                    .require();
            admin.resource(schema).delete();
            admin.resource(level).delete();
            Beside without = besideCrowd();
            level.getMetadata().setResourceVersion(null);
            schema.getMetadata().setResourceVersion(null);
            admin.resource(level).create();
            admin.resource(schema).create();
            all.add(new Round(idle, with.reads(), with.crowd(), without.reads(), without.crowd()));
        }
        return new CrowdResult(perSecond, all);
    }

    private record Beside(Samples reads, Crowd crowd) {}

    private Samples alone() throws InterruptedException, IOException {
        long end = System.nanoTime() + length.toNanos();
        return reads(() -> System.nanoTime() < end);
    }

    private Beside besideCrowd() throws InterruptedException, IOException {
        CompletableFuture<Crowd> crowd = CompletableFuture.supplyAsync(this::crowd);
        Samples reads = reads(() -> !crowd.isDone());
        return new Beside(reads, crowd.join());
    }

    /** Less important to the kernel than whatever it asks, which shares the processors with it. */
    private Crowd crowd() {
        String output = Command.of(
                        "nice",
                        "-n",
                        "19",
                        Repository.java(),
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CrowdMain.class.getName(),
                        apiServer,
                        authority.toString(),
                        Integer.toString(perSecond),
                        Long.toString(length.toSeconds()))
                .within(length.plusSeconds(60))
                .run()
                .orFail()
                .output();
        try {
            return new JsonMapper().readValue(output, Crowd.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the crowd says no JSON: " + output, e);
        }
    }

    private Samples reads(BooleanSupplier goOn) throws InterruptedException, IOException {
        List<Double> seconds = new ArrayList<>();
        while (goOn.getAsBoolean()) {
            long begin = System.nanoTime();
            int status = http.send(read, HttpResponse.BodyHandlers.discarding()).statusCode();
            seconds.add((System.nanoTime() - begin) / 1e9);
            if (status != OK) {
                throw new IllegalStateException("a small read of a service account is answered with " + status);
            }
            LockSupport.parkNanos(BETWEEN_READS.toNanos());
        }
        return new Samples(seconds);
    }

    /** So many times yes. */
    private static final class ReadCount implements BooleanSupplier {
        private int left;

        ReadCount(int left) {
            this.left = left;
        }

        @Override
        public boolean getAsBoolean() {
            return left-- > 0;
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
