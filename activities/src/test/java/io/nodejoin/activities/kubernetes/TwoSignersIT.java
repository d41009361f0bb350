package io.nodejoin.activities.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.activities.kubernetes.clusterinfo.KubernetesClusterInfoActivities;
import io.nodejoin.activities.kubernetes.token.KubernetesTokenActivities;
import io.nodejoin.protocol.discovery.ClusterInfoSignature;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.clusterinfo.ClusterInfoActivities;
import io.nodejoin.workflows.clusterinfo.TokenSignature;
import io.nodejoin.workflows.csr.ApprovalMode;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.token.TokenActivities;
import io.temporal.failure.ActivityFailure;
import java.security.SecureRandom;
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
        var tokens = new KubernetesTokenActivities(clients, _ -> {}, new SecureRandom(), (_, _) -> {}, _ -> 500);
        var info = new KubernetesClusterInfoActivities(clients, _ -> {}, cluster.fitness(ApprovalMode.NODEJOIN));
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
    private record Own(Joiner joiner, TokenId id, String signature) {}

    @Test
    void shouldLoseNoSignatureAndRemoveOnlyItsOwn() {
        String kubeconfig = harnesses
                .getFirst()
                .stub(ClusterInfoActivities.class)
                .ensure(LiveCluster.NAME)
                .kubeconfig();
        Map<String, String> keys = otherKeys();
        try (ForeignTokens foreign = new ForeignTokens(cluster)) {
            // given tokens that nobody has signed with
            cluster.controllers().pause();
            clusterInfo.put(keys);
            Map<String, String> others = new HashMap<>(keys);
            foreign.create(FOREIGN)
                    .forEach(token ->
                            others.put(token.id().signatureKey(), ClusterInfoSignature.sign(token, kubeconfig)));
            others.put("kubeconfig", kubeconfig);
            Queue<Own> own = new ConcurrentLinkedQueue<>();
            onAllLanes(IntStream.range(0, OURS).boxed().toList(), (harness, _) -> own.add(issued(harness, kubeconfig)));

            // when
            cluster.controllers().resume();
            onAllLanes(List.copyOf(own), this::sign);

            // then
            Map<String, String> wanted = new HashMap<>(others);
            own.forEach(one -> wanted.put(one.id().signatureKey(), one.signature()));
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
                                    .map(one -> one.id().signatureKey())
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

    private static Own issued(ActivityHarness harness, String kubeconfig) {
        Joiner joiner = new Joiner();
        TokenActivities tokens = harness.stub(TokenActivities.class);
        TokenId id = tokens.reserve(joiner.reservation());
        return new Own(joiner, id, tokens.issue(joiner.request(id, kubeconfig)).signature());
    }

    private void sign(ActivityHarness harness, Own own) {
        TokenSignature signature = new TokenSignature(own.joiner().token(own.id()), own.signature());
        persistently(() -> harness.stub(ClusterInfoActivities.class).publishSignature(signature));
    }

    private void remove(ActivityHarness harness, Own own) {
        harness.stub(TokenActivities.class).revoke(own.joiner().token(own.id()));
        persistently(() -> harness.stub(ClusterInfoActivities.class)
                .removeSignature(own.joiner().token(own.id())));
    }

    /** As the retry policy of the workflow does it. */
    private void persistently(Runnable activity) {
        for (int attempt = 1; ; attempt++) {
            try {
                activity.run();
                return;
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
