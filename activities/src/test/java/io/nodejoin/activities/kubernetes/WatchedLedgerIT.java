package io.nodejoin.activities.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.activities.kubernetes.token.KubernetesTokenActivities;
import io.nodejoin.workflows.token.SpentToken;
import io.nodejoin.workflows.token.TokenActivities;
import io.nodejoin.workflows.token.TokenIssue;
import io.nodejoin.workflows.token.TokenRef;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What a token costs in requests, and what its issue revokes, while a watch tells of the ledger. */
@Tag("real")
@ExtendWith(LiveClusterExtension.class)
@ResourceLock(LiveClusterExtension.CLUSTER)
class WatchedLedgerIT {
    private static final Duration SOON = Duration.ofSeconds(30);

    private final LiveCluster cluster;
    private final AtomicInteger requests = new AtomicInteger();
    private final ClusterClients clients;
    private final ServerClocks clocks;
    private final KubernetesTokenActivities adapter;
    private final ActivityHarness harness;
    private final TokenActivities tokens;

    WatchedLedgerIT(LiveCluster cluster) {
        this.cluster = cluster;
        this.clients = new KubeconfigClients(
                Map.of(LiveCluster.NAME, cluster.serviceKubeconfig()), (_, _) -> requests.incrementAndGet());
        this.clocks = ServerClocks.of(clients);
        this.adapter = new KubernetesTokenActivities(
                clients, _ -> {}, new SecureRandom(), new NoTokenArtifacts(), _ -> 500, clocks, (_, _) -> {});
        this.harness = new ActivityHarness(adapter);
        this.tokens = harness.stub(TokenActivities.class);
    }

    @BeforeEach
    void watch() {
        adapter.startWatch(LiveCluster.NAME);
    }

    @AfterEach
    void close() {
        harness.close();
        adapter.close();
        clients.close();
    }

    @Test
    void shouldNeedNoReadsForATokenOnceTheWatchRuns() {
        await().atMost(SOON).untilAsserted(() -> {
            // given
            Joiner joiner = new Joiner();
            clocks.now(LiveCluster.NAME);

            // when
            int issue = requestsOf(() -> joiner.issue(tokens, "text"));
            int revocation = requestsOf(() -> tokens.revoke(joiner.token));
            int deletion = requestsOf(() -> tokens.deleteLedgerEntry(SpentToken.compensated(joiner.token)));

            // then
            assertThat(issue).as("ledger entry and Secret").isEqualTo(2);
            assertThat(revocation).as("Secret").isEqualTo(1);
            assertThat(deletion).as("ledger entry").isEqualTo(1);
            assertThat(entries(joiner)).isZero();
        });
    }

    @Test
    void shouldTakeBackTheTokenOfARunThatWasReset() {
        // given
        Joiner joiner = new Joiner();
        joiner.issue(tokens, "text");
        harness.nextRunIs("a-run-that-was-reset");
        TokenRef next = joiner.drawToken();

        // when
        TokenIssue result = tokens.issue(joiner.request(next, 1, "text", null));

        // then
        assertThat(result).isInstanceOf(TokenIssue.Issued.class);
        assertThat(cluster.admin()
                        .secrets()
                        .inNamespace("kube-system")
                        .withLabel("nodejoin.io/join-id", joiner.joinId.value())
                        .list()
                        .getItems())
                .singleElement()
                .satisfies(secret -> assertThat(secret.getMetadata().getName())
                        .isEqualTo(next.tokenId().secretName()));
        tokens.revoke(next);
        tokens.deleteLedgerEntry(SpentToken.compensated(next));
        tokens.deleteLedgerEntry(SpentToken.compensated(joiner.token));
        assertThat(entries(joiner)).isZero();
    }

    private int requestsOf(Runnable step) {
        int before = requests.get();
        step.run();
        return requests.get() - before;
    }

    private int entries(Joiner joiner) {
        return cluster.admin()
                .configMaps()
                .inNamespace("nodejoin-system")
                .withLabel("nodejoin.io/join-id", joiner.joinId.value())
                .list()
                .getItems()
                .size();
    }
}
