package io.nodejoin.service.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nodejoin.activities.kubernetes.outbox.PendingOutcome;
import io.nodejoin.activities.kubernetes.token.TokenLedger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CollectionCycleTest {
    private static final WorkflowStatus.Closed TERMINATED = new WorkflowStatus.Closed(
            "ended as terminated", List.of(), WorkflowStatus.OutcomeState.PENDING, WorkflowStatus.Joined.NO);

    private final FakeClusterOrphans cluster = new FakeClusterOrphans();
    private final Map<String, WorkflowStatus> statuses = new HashMap<>();
    private final List<String> questions = new ArrayList<>();
    private final List<String> started = new ArrayList<>();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicLong nanos = new AtomicLong();
    private Cleanups cleanups = (orphan, _) -> started.add(orphan.node().value());
    private final CollectionCycle cycle = new CollectionCycle(
            cluster,
            orphan -> {
                questions.add(orphan.node().value());
                return statuses.getOrDefault(orphan.node().value(), new WorkflowStatus.Running());
            },
            (orphan, closed) -> cleanups.start(orphan, closed),
            new CollectorMetrics(meters, FakeClusterOrphans.CLUSTER),
            nanos::get);

    @Test
    void shouldStartACleanupForEachRequestWhoseWorkflowHasEnded() {
        // given
        cluster.addJoin("n1", "aaaaaa");
        cluster.addJoin("n2", "bbbbbb");
        cluster.addToken("n3", "cccccc");
        cluster.addAccepted(PendingOutcome.RequestKind.LEAVE, "n4", null);
        List.of("n1", "n3", "n4").forEach(node -> statuses.put(node, TERMINATED));

        // when
        cycle.run();

        // then
        assertThat(started).containsExactly("n1", "n4", "n3");
        assertThat(gauge("nodejoin_tokens_alive")).isEqualTo(3);
        assertThat(counter("nodejoin_garbage_collector_cleanups_started")).isEqualTo(3);
    }

    @Test
    void shouldLeaveARunningJoinAloneEvenBeyondTheEndOfItsToken() {
        // given
        cluster.addJoin("n1", "aaaaaa");
        cluster.now = cluster.now.plus(Duration.ofHours(1));

        // when
        cycle.run();

        // then
        assertThat(started).isEmpty();
        assertThat(cluster.tokens).hasSize(1);
    }

    @Test
    void shouldStartNoneForARequestThatEndedOfItselfAfterItWasListed() {
        // given
        TokenLedger.Entry entry = cluster.addToken("n1", "aaaaaa");
        CollectionCycle late = new CollectionCycle(
                cluster,
                _ -> {
                    cluster.tokens.remove(entry);
                    return TERMINATED;
                },
                cleanups,
                new CollectorMetrics(meters, FakeClusterOrphans.CLUSTER),
                nanos::get);

        // when
        late.run();

        // then
        assertThat(started).isEmpty();
    }

    static Stream<WorkflowStatus> unknown() {
        return Stream.of(
                new WorkflowStatus.OtherNamespace("another"),
                new WorkflowStatus.Unreachable("away"),
                new WorkflowStatus.Unknown("unreadable"));
    }

    @ParameterizedTest
    @MethodSource("unknown")
    void shouldDeleteExpiredTokensAndNoMoreWhileItsWorkflowIsUnknown(WorkflowStatus unknown) {
        // given
        cluster.addJoin("n1", "aaaaaa");
        statuses.put("n1", unknown);

        // when
        cluster.now = FakeClusterOrphans.NOW.plus(FakeClusterOrphans.TOKEN_LIFETIME);
        cycle.run();
        List<TokenLedger.Entry> before = List.copyOf(cluster.tokens);
        cluster.now = cluster.now.plusSeconds(1);
        cycle.run();

        // then
        assertThat(before).hasSize(1);
        assertThat(cluster.tokens).isEmpty();
        assertThat(cluster.owed).hasSize(1);
        assertThat(started).isEmpty();
    }

    @Test
    void shouldAskTemporalOnceWhileItIsAway() {
        // given
        cluster.addJoin("n1", "aaaaaa");
        cluster.addJoin("n2", "bbbbbb");
        statuses.put("n1", new WorkflowStatus.Unreachable("away"));
        statuses.put("n2", TERMINATED);

        // when
        cycle.run();

        // then
        assertThat(questions).containsExactly("n1");
        assertThat(started).isEmpty();
    }

    @Test
    void shouldStartTheOthersWhenOneCannotBeStarted() {
        // given
        cluster.addJoin("n1", "aaaaaa");
        cluster.addJoin("n2", "bbbbbb");
        statuses.put("n1", TERMINATED);
        statuses.put("n2", TERMINATED);
        cleanups = (orphan, _) -> {
            if (orphan.node().value().equals("n1")) {
                throw new IllegalStateException("Temporal does not take it");
            }
            return started.add(orphan.node().value());
        };

        // when
        cycle.run();

        // then
        assertThat(started).containsExactly("n2");
        assertThat(meters.counter("nodejoin_garbage_collector_cycles", "cluster", "fra-1", "result", "failed")
                        .count())
                .isOne();
    }

    @Test
    void shouldShowForHowLongAnOrphanIsKnownAndItsTokensOnceTheyAreOverdue() {
        // given
        cluster.addJoin("n1", "aaaaaa");
        statuses.put("n1", TERMINATED);
        cycle.run();
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(20));

        // when
        cycle.run();
        double known = age();
        double orphaned = gauge("nodejoin_tokens_orphaned");
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(90));
        cycle.run();
        double overdue = gauge("nodejoin_tokens_orphaned");
        cluster.tokens.clear();
        cluster.owed.clear();
        cycle.run();

        // then
        assertThat(known).isEqualTo(20);
        assertThat(orphaned).isZero();
        assertThat(overdue).isOne();
        assertThat(age()).isZero();
    }

    private double age() {
        return meters.get("nodejoin_garbage_collector_orphan_age").timeGauge().value(TimeUnit.SECONDS);
    }

    private double gauge(String name) {
        return meters.get(name).gauge().value();
    }

    private double counter(String name) {
        return meters.counter(name, "cluster", "fra-1").count();
    }
}
