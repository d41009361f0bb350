package io.nodejoin.activities.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.activities.kubernetes.clusterinfo.KubernetesClusterInfoActivities;
import io.nodejoin.agent.discovery.TokenDiscovery;
import io.nodejoin.agent.discovery.TrustedCluster;
import io.nodejoin.agent.host.Sleeper;
import io.nodejoin.protocol.discovery.BootstrapToken;
import io.nodejoin.protocol.discovery.CaPin;
import io.nodejoin.protocol.discovery.ClusterInfoSignature;
import io.nodejoin.testbed.process.CommandResult;
import io.nodejoin.workflows.clusterinfo.ClusterInfoActivities;
import io.nodejoin.workflows.clusterinfo.DiscoveryInfo;
import io.nodejoin.workflows.csr.ApprovalMode;
import io.nodejoin.workflows.token.TokenActivities;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Nodejoin and Kubernetes sign and verify cluster-info alike, each way. */
@ExtendWith(LiveClusterExtension.class)
@ResourceLock(LiveClusterExtension.CLUSTER)
class SignerInteropIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int TOKENS = 200;
    private static final int TEXTS = 5;

    private final LiveCluster cluster;
    private final ClusterInfoView clusterInfo;
    private final ActivityHarness harness;
    private final ClusterInfoActivities activities;
    private final TokenActivities tokens;
    private final Joiner joiner = new Joiner();

    SignerInteropIT(LiveCluster cluster) {
        this.cluster = cluster;
        this.clusterInfo = new ClusterInfoView(cluster);
        var adapter = new KubernetesClusterInfoActivities(
                cluster.clients(), _ -> {}, cluster.fitness(ApprovalMode.NODEJOIN), _ -> {});
        this.harness = new ActivityHarness(
                adapter, NoTokenArtifacts.activities(cluster.clients(), new SignedTokenArtifacts(adapter)));
        this.activities = harness.stub(ClusterInfoActivities.class);
        this.tokens = harness.stub(TokenActivities.class);
    }

    @AfterEach
    void close() {
        harness.close();
    }

    @Test
    @Tag("full")
    void shouldSignAThousandTimesByteForByteAsTheSignerOfTheCluster() {
        // given
        long seed = Long.getLong("nodejoin.seed", System.nanoTime());
        System.err.println("texts for the signer of the cluster: -Dnodejoin.seed=" + seed);
        Random random = new Random(seed);
        String original = activities.ensure(LiveCluster.NAME).kubeconfig();
        try (ForeignTokens foreign = new ForeignTokens(cluster)) {
            List<BootstrapToken> all = foreign.create(TOKENS);
            for (int i = 0; i < TEXTS; i++) {
                String text = text(random);

                // when
                clusterInfo.put(Map.of("kubeconfig", text));

                // then
                Map<String, String> ours = all.stream()
                        .collect(Collectors.toMap(
                                token -> token.id().signatureKey(), token -> ClusterInfoSignature.sign(token, text)));
                await().atMost(SOON)
                        .untilAsserted(() -> assertThat(clusterInfo.data()).containsAllEntriesOf(ours));
            }
        } finally {
            clusterInfo.put(Map.of("kubeconfig", original));
        }
    }

    /** Printable and other characters, of one to four bytes each. */
    private static String text(Random random) {
        int[] characters = random.ints(1 + random.nextInt(3000), ' ', 0x2_0000)
                .filter(character -> character > 0xffff || !Character.isSurrogate((char) character))
                .toArray();
        return "kind: Config\n" + new String(characters, 0, characters.length) + "\n";
    }

    @Test
    @Tag("real")
    void shouldSatisfyKubeadmWithoutTheSignerOfTheCluster(@TempDir Path directory) throws IOException {
        // given a cluster whose own signer does nothing
        cluster.controllers().pause();
        try {
            DiscoveryInfo discovery = activities.ensure(LiveCluster.NAME);
            BootstrapToken token = joiner.open(joiner.issue(tokens, discovery.kubeconfig()));
            String signature = ClusterInfoSignature.sign(token, discovery.kubeconfig());

            // when
            CommandResult genuine = discoverByKubeadm(directory, discovery, token);
            clusterInfo.put(Map.of(token.id().signatureKey(), flipped(signature)));
            CommandResult forged = discoverByKubeadm(directory, discovery, token);

            // then
            assertThat(genuine.error())
                    .contains(
                            "Cluster info signature and contents are valid and TLS certificate validates against pinned"
                                    + " roots");
            assertThat(forged.error())
                    .contains("failed to verify JWS signature of received cluster info object")
                    .doesNotContain("signature and contents are valid");
        } finally {
            cluster.controllers().resume();
        }
    }

    private static String flipped(String signature) {
        int middle = signature.length() - 20;
        char other = signature.charAt(middle) == 'A' ? 'B' : 'A';
        return signature.substring(0, middle) + other + signature.substring(middle + 1);
    }

    /** The phase of kubeadm join that ends with discovery; it changes nothing on this machine, and its other checks are not asked for. */
    private CommandResult discoverByKubeadm(Path directory, DiscoveryInfo discovery, BootstrapToken token)
            throws IOException {
        Path configuration = directory.resolve("join.yaml");
        Files.writeString(configuration, """
                apiVersion: kubeadm.k8s.io/v1beta4
                kind: JoinConfiguration
                discovery:
                  bootstrapToken:
                    token: %s
                    apiServerEndpoint: %s
                    caCertHashes: [%s]
                nodeRegistration:
                  name: kubeadm
                  criSocket: unix:///run/nodejoin-testbed/none.sock
                timeouts:
                  discovery: 10s
                  kubernetesAPICall: 1s
                """.formatted(
                        token.bearerToken(),
                        discovery.apiServer().getAuthority(),
                        discovery.caPins().stream().map(CaPin::toString).collect(Collectors.joining(","))));
        return cluster.kubeadm(List.of(
                "join", "phase", "preflight", "--config=" + configuration, "--ignore-preflight-errors=all", "-v=1"));
    }

    @Test
    @Tag("real")
    void shouldSatisfyTheAgentWithTheSignerOfTheClusterAlone() throws InterruptedException {
        // given
        DiscoveryInfo discovery = activities.ensure(LiveCluster.NAME);
        try (ForeignTokens foreign = new ForeignTokens(cluster)) {
            BootstrapToken token = foreign.create(1).getFirst();

            // when
            TrustedCluster trusted = new TokenDiscovery(Clock.systemUTC(), Sleeper.system(), new Random())
                    .discover(discovery.apiServer(), discovery.caPins(), token);

            // then
            assertThat(trusted.apiServer()).isEqualTo(discovery.apiServer());
            assertThat(trusted.authorities()).extracting(CaPin::of).containsAnyElementsOf(discovery.caPins());
        }
    }
}
