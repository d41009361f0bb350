package io.nodejoin.activities.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.activities.kubernetes.clusterinfo.KubernetesClusterInfoActivities;
import io.nodejoin.protocol.discovery.ClusterInfoSignature;
import io.nodejoin.workflows.clusterinfo.ClusterInfoActivities;
import io.nodejoin.workflows.csr.ApprovalMode;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.token.SealedToken;
import io.nodejoin.workflows.token.TokenActivities;
import io.temporal.failure.ActivityFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Nodejoin, the cluster's own signer and others write to one cluster-info at the same time. */
@Tag("full")
@ExtendWith(LiveClusterExtension.class)
@ResourceLock(LiveClusterExtension.CLUSTER)
class TwoSignersIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int OURS = 200;
    private static final int FOREIGN = 50;
    private static final int FOREIGN_KEYS = 5;
    /** So many activities at once; each has an environment of its own, for one environment runs one at a time. */
    private static final int LANES = 40;

    private static final int CONFLICTS_PER_TOKEN = 3;
    private static final Set<FailureType> PASSING = Set.of(FailureType.CONFLICT, FailureType.THROTTLED);
    /** A worker would try again so often and more. */
    private static final int ATTEMPTS = 10;

    private final LiveCluster cluster;
    private final ClusterInfoView clusterInfo;
    private final CountingClients clients;
    private final List<ActivityHarness> harnesses;
    private final AtomicInteger retries = new AtomicInteger();

    TwoSignersIT(LiveCluster cluster) {
        this.cluster = cluster;
        this.clusterInfo = new ClusterInfoView(cluster);
        this.clients = new CountingClients(cluster.clients());
        var info =
                new KubernetesClusterInfoActivities(clients, _ -> {}, cluster.fitness(ApprovalMode.NODEJOIN), _ -> {});
        var tokens = NoTokenArtifacts.activities(clients, new SignedTokenArtifacts(info));
        this.harnesses = IntStream.range(0, LANES)
                .mapToObj(_ -> new ActivityHarness(tokens, info))
                .toList();
    }

    @AfterEach
    void close() {
        harnesses.forEach(ActivityHarness::close);
        clients.close();
    }

    /** One of our tokens, with its signature. */
    private record Own(Joiner joiner, String signature) {}

    @Test
    void shouldLoseNoSignatureAndRemoveOnlyItsOwn() {
        String kubeconfig = harnesses
                .getFirst()
                .stub(ClusterInfoActivities.class)
                .ensure(LiveCluster.NAME)
                .kubeconfig();
        Map<String, String> keys = otherKeys();
        try (ForeignTokens foreign = new ForeignTokens(cluster)) {
            // given tokens of others that nobody has signed with
            cluster.controllers().pause();
            clusterInfo.put(keys);
            Map<String, String> others = new HashMap<>(keys);
            foreign.create(FOREIGN)
                    .forEach(token ->
                            others.put(token.id().signatureKey(), ClusterInfoSignature.sign(token, kubeconfig)));
            others.put("kubeconfig", kubeconfig);
            Queue<Own> own = new ConcurrentLinkedQueue<>();

            // when
            cluster.controllers().resume();
            onAllLanes(IntStream.range(0, OURS).boxed().toList(), (harness, _) -> own.add(issue(harness, kubeconfig)));

            // then
            Map<String, String> wanted = new HashMap<>(others);
            own.forEach(one -> wanted.put(one.joiner().token.tokenId().signatureKey(), one.signature()));
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(clusterInfo.data()).containsAllEntriesOf(wanted));
            System.err.printf(
                    "two signers: %d tokens, %d conflicts, %d retries%n", OURS, clients.conflicts(), retries.get());
            assertThat(clients.conflicts()).isLessThan(CONFLICTS_PER_TOKEN * OURS);

            // when
            onAllLanes(List.copyOf(own), this::remove);

            // then
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(clusterInfo.data())
                            .containsAllEntriesOf(others)
                            .doesNotContainKeys(own.stream()
                                    .map(one -> one.joiner().token.tokenId().signatureKey())
                                    .toArray(String[]::new)));
        } finally {
            cluster.controllers().resume();
            clusterInfo.remove(keys.keySet());
        }
    }

    private static Map<String, String> otherKeys() {
        Map<String, String> keys = new HashMap<>();
        IntStream.range(0, FOREIGN_KEYS).forEach(i -> keys.put("example.com." + i, "somebody's " + i));
        return keys;
    }

    private Own issue(ActivityHarness harness, String kubeconfig) {
        Joiner joiner = new Joiner();
        SealedToken sealed = persistently(() -> joiner.issue(harness.stub(TokenActivities.class), kubeconfig));
        return new Own(joiner, ClusterInfoSignature.sign(joiner.open(sealed), kubeconfig));
    }

    private void remove(ActivityHarness harness, Own own) {
        persistently(() -> {
            harness.stub(TokenActivities.class).revoke(own.joiner().token);
            return true;
        });
    }

    /** As the retry policy of the workflow does it. */
    private <T> T persistently(Supplier<T> activity) {
        for (int attempt = 1; ; attempt++) {
            try {
                return activity.get();
            } catch (ActivityFailure failure) {
                if (attempt == ATTEMPTS
                        || !Failures.typeOf(failure).filter(PASSING::contains).isPresent()) {
                    throw failure;
                }
                retries.incrementAndGet();
                System.err.println("once more: " + failure.getMessage());
            }
        }
    }

    private <T> void onAllLanes(List<T> work, BiConsumer<ActivityHarness, T> doing) {
        Queue<T> waiting = new ConcurrentLinkedQueue<>(work);
        List<Future<?>> lanes = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(LANES)) {
            for (ActivityHarness harness : harnesses) {
                lanes.add(threads.submit(() -> {
                    for (T next = waiting.poll(); next != null; next = waiting.poll()) {
                        doing.accept(harness, next);
                    }
                }));
            }
        }
        lanes.forEach(lane -> assertThat(lane).succeedsWithin(Duration.ZERO));
    }
}
