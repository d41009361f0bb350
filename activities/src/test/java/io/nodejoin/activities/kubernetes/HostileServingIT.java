package io.nodejoin.activities.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nodejoin.activities.kubernetes.csr.HostileServing;
import io.nodejoin.activities.kubernetes.csr.KubernetesServingActivities;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.csr.AllowedServingSans;
import io.nodejoin.workflows.csr.CertificateResult;
import io.nodejoin.workflows.csr.ServingCertificateActivities;
import io.nodejoin.workflows.csr.ServingCertificateRequest;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A node that has been taken over asks to serve as more than itself, against the real API server. */
@Tag("full")
@ExtendWith(LiveClusterExtension.class)
@ResourceLock(LiveClusterExtension.CLUSTER)
class HostileServingIT {
    /** Who asks in the corpus, and what it may serve as. */
    private static final NodeName NODE = new NodeName("worker-1");

    private static final String ADDRESS = "10.0.0.7";
    private static final String USER = "system:node:" + NODE;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final LiveCluster cluster;
    private final KubernetesServingActivities adapter;
    private final ActivityHarness harness;
    private final ServingCertificateActivities serving;
    private final Node node;
    private final AllowedServingSans sans;
    private final KubernetesClient kubelet;

    HostileServingIT(LiveCluster cluster) {
        this.cluster = cluster;
        this.adapter = new KubernetesServingActivities(cluster.clients(), _ -> {}, _ -> {});
        this.harness = new ActivityHarness(adapter);
        this.serving = harness.stub(ServingCertificateActivities.class);
        this.node = cluster.admin()
                .resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName(NODE.value())
                        .endMetadata()
                        .build())
                .create();
        this.sans = new AllowedServingSans(
                new NodeIdentity(
                        new NodeRef(LiveCluster.NAME, NODE), node.getMetadata().getUid()),
                new Joiner().joinId,
                List.of(ADDRESS));
        this.kubelet = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(cluster.admin().getConfiguration())
                        .withImpersonateUsername(USER)
                        .withImpersonateGroups("system:nodes")
                        .build())
                .build();
    }

    @AfterEach
    void close() {
        serving.disallowSans(sans);
        cluster.admin().resource(node).delete();
        kubelet.close();
        harness.close();
        adapter.close();
    }

    @Test
    void shouldApproveNothingThatANodeAsksForBeyondItsOwnNames() {
        // given
        serving.allowSans(sans);
        List<HostileServing> corpus =
                HostileServing.all().filter(HostileServingIT::canBeSent).toList();
        List<String> decided = new ArrayList<>();

        // when
        for (HostileServing hostile : corpus) {
            decisionOn(hostile.request()).ifPresent(result -> {
                assertThat(result)
                        .as(hostile.name())
                        .isInstanceOfSatisfying(
                                CertificateResult.Denied.class,
                                denied -> assertThat(denied.problem().code()).isEqualTo(hostile.code()));
                decided.add(hostile.name());
            });
        }

        // then
        assertThat(corpus).hasSizeGreaterThanOrEqualTo(50);
        assertThat(decided).hasSizeGreaterThanOrEqualTo(30);
    }

    /** The API server writes requester and time itself. */
    private static boolean canBeSent(HostileServing hostile) {
        return hostile.request().getSpec().getUsername().equals(USER)
                && hostile.request().getSpec().getGroups().equals(List.of("system:nodes", "system:authenticated"))
                && !hostile.predatesNode();
    }

    /** Nothing if the API server did not even take it. */
    private Optional<CertificateResult> decisionOn(CertificateSigningRequest wanted) {
        CertificateSigningRequest sent;
        try {
            sent = kubelet.resource(asSent(wanted)).create();
        } catch (KubernetesClientException e) {
            assertThat(e.getCode()).as(e.getMessage()).isBetween(400, 422).isNotEqualTo(401);
            return Optional.empty();
        }
        CertificateResult result = serving.awaitIssued(
                new ServingCertificateRequest(sans, Instant.now().plus(PATIENCE)));
        cluster.admin().resource(sent).delete();
        return Optional.of(result);
    }

    private static CertificateSigningRequest asSent(CertificateSigningRequest wanted) {
        return new CertificateSigningRequestBuilder()
                .withNewMetadata()
                .withGenerateName("csr-")
                .endMetadata()
                .withNewSpec()
                .withSignerName(wanted.getSpec().getSignerName())
                .withUsages(wanted.getSpec().getUsages())
                .withExpirationSeconds(wanted.getSpec().getExpirationSeconds())
                .withRequest(wanted.getSpec().getRequest())
                .endSpec()
                .build();
    }
}
