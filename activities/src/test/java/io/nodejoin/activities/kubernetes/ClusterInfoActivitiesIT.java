package io.nodejoin.activities.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.activities.kubernetes.clusterinfo.KubernetesClusterInfoActivities;
import io.nodejoin.activities.kubernetes.token.KubernetesTokenActivities;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.clusterinfo.ClusterInfoActivities;
import io.nodejoin.workflows.clusterinfo.DiscoveryInfo;
import io.nodejoin.workflows.clusterinfo.TokenSignature;
import io.nodejoin.workflows.csr.ApprovalMode;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.token.SealedToken;
import io.nodejoin.workflows.token.TokenActivities;
import java.security.SecureRandom;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

@Tag("real")
@ExtendWith(LiveClusterExtension.class)
@ResourceLock(LiveClusterExtension.CLUSTER)
class ClusterInfoActivitiesIT {
    private final LiveCluster cluster;
    private final ActivityHarness harness;
    private final ClusterInfoActivities clusterInfo;
    private final TokenActivities tokens;
    private final Joiner joiner = new Joiner();

    ClusterInfoActivitiesIT(LiveCluster cluster) {
        this.cluster = cluster;
        this.harness = new ActivityHarness(
                new KubernetesTokenActivities(cluster.clients(), _ -> {}, new SecureRandom(), (_, _) -> {}, _ -> 500),
                new KubernetesClusterInfoActivities(
                        cluster.clients(), _ -> {}, cluster.fitness(ApprovalMode.NODEJOIN)));
        this.clusterInfo = harness.stub(ClusterInfoActivities.class);
        this.tokens = harness.stub(TokenActivities.class);
    }

    @AfterEach
    void close() {
        harness.close();
    }

    @Test
    void shouldSayHowTheClusterIsKnownAndChangeNothingTheSecondTime() {
        // given
        DiscoveryInfo first = clusterInfo.ensure(LiveCluster.NAME);

        // when
        DiscoveryInfo second = clusterInfo.ensure(LiveCluster.NAME);

        // then
        assertThat(second).isEqualTo(first);
        assertThat(first.kubernetesVersion()).startsWith("v1.");
        assertThat(first.uid())
                .isEqualTo(cluster.admin()
                        .namespaces()
                        .withName("kube-system")
                        .get()
                        .getMetadata()
                        .getUid());
        assertThat(data()).containsEntry("kubeconfig", first.kubeconfig());
    }

    @Test
    void shouldPublishASignatureThatAnyoneCanRead() {
        // given
        TokenSignature signature = issued();

        // when
        clusterInfo.publishSignature(signature);
        clusterInfo.publishSignature(signature);

        // then
        try (KubernetesClient anyone = cluster.anonymous()) {
            assertThat(anyone.configMaps()
                            .inNamespace("kube-public")
                            .withName("cluster-info")
                            .get()
                            .getData())
                    .containsEntry(signature.token().tokenId().signatureKey(), signature.jws());
        }
        tokens.revoke(signature.token());
    }

    @Test
    void shouldRemoveItsOwnSignatureAndNoOther() {
        // given
        TokenSignature own = issued();
        clusterInfo.publishSignature(own);
        Joiner other = new Joiner();
        TokenId otherId = tokens.reserve(other.reservation());
        SealedToken otherToken = tokens.issue(
                other.request(otherId, clusterInfo.ensure(LiveCluster.NAME).kubeconfig()));
        clusterInfo.publishSignature(new TokenSignature(other.token(otherId), otherToken.signature()));
        tokens.revoke(own.token());

        // when
        clusterInfo.removeSignature(own.token());
        clusterInfo.removeSignature(own.token());

        // then
        assertThat(data())
                .doesNotContainKey(own.token().tokenId().signatureKey())
                .containsEntry(otherId.signatureKey(), otherToken.signature());
        tokens.revoke(other.token(otherId));
    }

    @Test
    void shouldRefuseAClusterInfoOfAnotherAuthority() {
        // given
        String original = clusterInfo.ensure(LiveCluster.NAME).kubeconfig();
        replaceKubeconfig(original.replaceAll(
                "certificate-authority-data: \\S+", "certificate-authority-data: " + OtherAuthority.base64Pem()));

        // when
        Throwable thrown = catchThrowable(() -> clusterInfo.ensure(LiveCluster.NAME));

        // then
        replaceKubeconfig(original);
        assertThat(Failures.typeOf(thrown)).contains(FailureType.FORBIDDEN);
        assertThat(Failures.problemOf(thrown).detail()).contains("another CA");
    }

    private TokenSignature issued() {
        String kubeconfig = clusterInfo.ensure(LiveCluster.NAME).kubeconfig();
        TokenId id = tokens.reserve(joiner.reservation());
        return new TokenSignature(
                joiner.token(id), tokens.issue(joiner.request(id, kubeconfig)).signature());
    }

    private Map<String, String> data() {
        return cluster.admin()
                .configMaps()
                .inNamespace("kube-public")
                .withName("cluster-info")
                .get()
                .getData();
    }

    private void replaceKubeconfig(String text) {
        cluster.admin()
                .configMaps()
                .inNamespace("kube-public")
                .withName("cluster-info")
                .edit(map -> {
                    map.getData().put("kubeconfig", text);
                    return map;
                });
    }
}
