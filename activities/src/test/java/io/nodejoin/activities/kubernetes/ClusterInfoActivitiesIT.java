package io.nodejoin.activities.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.activities.kubernetes.clusterinfo.KubernetesClusterInfoActivities;
import io.nodejoin.protocol.discovery.BootstrapToken;
import io.nodejoin.protocol.discovery.ClusterInfoSignature;
import io.nodejoin.workflows.clusterinfo.ClusterInfoActivities;
import io.nodejoin.workflows.clusterinfo.DiscoveryInfo;
import io.nodejoin.workflows.csr.ApprovalMode;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.token.TokenActivities;
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
        var adapter = new KubernetesClusterInfoActivities(
                cluster.clients(), _ -> {}, cluster.fitness(ApprovalMode.NODEJOIN), _ -> {});
        this.harness = new ActivityHarness(
                adapter, NoTokenArtifacts.activities(cluster.clients(), new SignedTokenArtifacts(adapter)));
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
        String kubeconfig = clusterInfo.ensure(LiveCluster.NAME).kubeconfig();

        // when
        BootstrapToken token = joiner.open(joiner.issue(tokens, kubeconfig));

        // then
        try (KubernetesClient anyone = cluster.anonymous()) {
            assertThat(anyone.configMaps()
                            .inNamespace("kube-public")
                            .withName("cluster-info")
                            .get()
                            .getData())
                    .containsEntry(token.id().signatureKey(), ClusterInfoSignature.sign(token, kubeconfig));
        }
        tokens.revoke(joiner.token);
    }

    @Test
    void shouldRemoveItsOwnSignatureAndNoOther() {
        // given
        String kubeconfig = clusterInfo.ensure(LiveCluster.NAME).kubeconfig();
        joiner.issue(tokens, kubeconfig);
        Joiner other = new Joiner();
        BootstrapToken otherToken = other.open(other.issue(tokens, kubeconfig));
        tokens.deleteSecret(joiner.token);

        // when
        tokens.removeSignature(joiner.token);
        tokens.removeSignature(joiner.token);

        // then
        assertThat(data())
                .doesNotContainKey(joiner.token.tokenId().signatureKey())
                .containsEntry(otherToken.id().signatureKey(), ClusterInfoSignature.sign(otherToken, kubeconfig));
        tokens.revoke(other.token);
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
