package io.nodejoin.activities.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.kubernetes.csr.KubernetesCertificateActivities;
import io.nodejoin.activities.kubernetes.csr.TokenMisuseMonitor;
import io.nodejoin.activities.kubernetes.preparation.Accounts;
import io.nodejoin.activities.kubernetes.preparation.AdminCluster;
import io.nodejoin.activities.kubernetes.preparation.ClusterPreparation;
import io.nodejoin.activities.kubernetes.token.KubernetesTokenActivities;
import io.nodejoin.protocol.discovery.BootstrapToken;
import io.nodejoin.workflows.csr.ApprovalMode;
import io.nodejoin.workflows.token.TokenActivities;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The holder of a token requests too much, in a cluster whose admission policy is missing. */
@Tag("real")
@ExtendWith(LiveClusterExtension.class)
@ResourceLock(LiveClusterExtension.CLUSTER)
class TokenMisuseIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String FOREIGN = "example.com/signer";

    private final LiveCluster cluster;
    private final KubernetesTokenActivities tokens;
    private final KubernetesCertificateActivities certificates;
    private final ActivityHarness harness;
    private final Joiner joiner = new Joiner();
    private final Queue<AuditEntry> audit = new ConcurrentLinkedQueue<>();
    private final AtomicInteger counted = new AtomicInteger();
    private final TokenMisuseMonitor monitor;
    private final BootstrapToken token;

    TokenMisuseIT(LiveCluster cluster) {
        this.cluster = cluster;
        this.tokens = NoTokenArtifacts.activities(cluster.clients());
        this.certificates = new KubernetesCertificateActivities(cluster.clients(), _ -> {}, _ -> {});
        this.harness = new ActivityHarness(tokens);
        this.monitor = new TokenMisuseMonitor(
                LiveCluster.NAME, certificates, tokens::revokeMisused, audit::add, _ -> counted.incrementAndGet());
        certificates.startWatch(LiveCluster.NAME);
        this.token = joiner.open(joiner.issue(harness.stub(TokenActivities.class), "text"));
    }

    @AfterEach
    void close() throws IOException {
        certificates.close();
        harness.stub(TokenActivities.class).revoke(joiner.token);
        harness.close();
        try (AdminCluster admin = AdminCluster.open(cluster.adminKubeconfig())) {
            new ClusterPreparation(admin, ApprovalMode.NODEJOIN, Accounts.single, false).apply();
        }
    }

    @Test
    void shouldRevokeATokenAfterItsThirdRequestOfAnotherSigner() {
        // given
        removePolicy();
        await("the policy is gone").atMost(SOON).ignoreExceptions().untilAsserted(this::requestOfAnotherSigner);
        requestOfAnotherSigner();
        await("two requests are seen").atMost(SOON).until(() -> seen().size() == 2);
        int beforeTheThird = cluster.answerTo(token);

        // when
        requestOfAnotherSigner();

        // then
        await("the token is revoked").atMost(SOON).until(() -> seen().size() == 3 && cluster.answerTo(token) == 401);
        assertThat(beforeTheThird).isEqualTo(403);
        assertThat(counted).hasValueGreaterThanOrEqualTo(3);
        assertThat(seen()).extracting(AuditEntry::action).containsOnly("csr.foreign-signer");
        assertThat(seen()).allSatisfy(entry -> assertThat(entry.results()).containsEntry("signer", FOREIGN));
    }

    @Test
    void shouldRevokeATokenThatFloodsTheClusterWithRequests() {
        // when
        try (KubernetesClient holder = cluster.bearing(token)) {
            for (int i = 0; i < 101; i++) {
                Joiner.askForCertificate(holder, joiner.node);
            }
        }

        // then
        await("the token is revoked").atMost(SOON).until(() -> seen().isEmpty() && cluster.answerTo(token) == 401);
    }

    /** What is recorded of this token; other tests have left requests of theirs in the cluster. */
    private List<AuditEntry> seen() {
        monitor.run();
        return audit.stream()
                .filter(entry -> entry.join().equals(token.id().value()))
                .toList();
    }

    private void requestOfAnotherSigner() throws KubernetesClientException {
        try (KubernetesClient holder = cluster.bearing(token)) {
            Joiner.askSigner(holder, FOREIGN, "client auth", joiner.node);
        }
    }

    private void removePolicy() {
        cluster.admin()
                .admissionRegistration()
                .v1()
                .validatingAdmissionPolicyBindings()
                .withName("nodejoin-bootstrap-requests")
                .delete();
    }
}
