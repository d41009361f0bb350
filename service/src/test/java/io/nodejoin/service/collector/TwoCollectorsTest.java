package io.nodejoin.service.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nodejoin.activities.kubernetes.outbox.PendingOutcome;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.workflows.event.OutcomeEvent;
import io.nodejoin.workflows.node.NameQuarantine;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The garbage collectors of two replicas, which act on the same orphans. */
class TwoCollectorsTest {
    private static final int ACTS = 20;
    private static final PendingOutcome QUEUED = FakeOrphanCollector.open(PendingOutcome.RequestKind.JOIN, "queued");
    private static final WorkflowStatus TERMINATED = new WorkflowStatus.Closed(
            "ended as terminated",
            List.of(new PhaseTime(Phase.Requested, FakeOrphanCollector.NOW)),
            WorkflowStatus.OutcomeState.PENDING,
            WorkflowStatus.Joined.NO,
            List.of(QUEUED),
            null);

    private final FakeOrphanCollector collector = new FakeOrphanCollector();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final CollectionCycle one = newCycle();
    private final CollectionCycle other = newCycle();

    private CollectionCycle newCycle() {
        return new CollectionCycle(
                collector,
                _ -> TERMINATED,
                new CollectorMetrics(meters, FakeOrphanCollector.CLUSTER),
                collector.guard,
                collector::nanoTime);
    }

    @BeforeEach
    void leaveOrphans() {
        collector.join("n1", "aaaaaa");
        collector.join("n2", "bbbbbb");
        collector.leaving("n3");
        NameQuarantine quarantine = new NameQuarantine(
                FakeMonitoredNodes.node("n1"),
                FakeOrphanCollector.joinId("n1"),
                "machine",
                FakeOrphanCollector.NOW.plusSeconds(3600));
        collector.wanted.put("n1", quarantine);
    }

    static Stream<Arguments> acts() {
        return IntStream.range(0, ACTS)
                .boxed()
                .flatMap(act -> Stream.of(false, true).map(after -> Arguments.of(act, after)));
    }

    @ParameterizedTest
    @MethodSource("acts")
    void shouldActOnceHoweverTheirCyclesOverlap(int act, boolean afterTheEffect) {
        // when
        runOtherAt(act, afterTheEffect);
        one.run();
        collector.pass(CollectionCycle.QUIESCENT_AFTER);
        runOtherAt(act, afterTheEffect);
        one.run();
        one.run();

        // then
        nothingIsLeft();
        assertThat(meters.counter("nodejoin_garbage_collector_tokens_revoked", "cluster", "fra-1")
                        .count())
                .isEqualTo(2);
    }

    @Test
    void shouldNotRepeatTheOutcomeOfAQueuedRequestForTheJoinBeforeIt() {
        // given
        collector.node = Optional.of("Node: n1 stays");
        collector.failAt("unsign aaaaaa");
        one.run();
        collector.pass(Duration.ofSeconds(10));
        one.run();
        int told = collector.told.size();

        // when
        other.run();

        // then
        assertThat(collector.open).extracting(PendingOutcome::joinId).doesNotContain(QUEUED.joinId());
        assertThat(collector.told.stream().distinct()).hasSize(told);
    }

    @Test
    void shouldCollectWhatTheOtherReplicaCannot() {
        // given
        collector.effects = (_, _) -> {
            throw new IllegalStateException("no space left on device");
        };
        one.run();
        assertThat(collector.acts).isEmpty();

        // when
        collector.live();
        other.run();
        collector.pass(CollectionCycle.QUIESCENT_AFTER);
        other.run();

        // then
        nothingIsLeft();
    }

    /** Runs a whole cycle of the other one around an act of the first. */
    private void runOtherAt(int act, boolean afterTheEffect) {
        AtomicInteger count = new AtomicInteger();
        collector.effects = (_, effect) -> {
            boolean now = count.getAndIncrement() == act;
            if (now && !afterTheEffect) {
                other.run();
            }
            effect.run();
            if (now && afterTheEffect) {
                other.run();
            }
        };
    }

    private void nothingIsLeft() {
        assertThat(collector.tokens).isEmpty();
        assertThat(collector.entries).isEmpty();
        assertThat(collector.open).isEmpty();
        assertThat(collector.cordons).isEmpty();
        assertThat(collector.holds).isEqualTo(collector.wanted);
        assertThat(collector.told.stream().distinct())
                .extracting(OutcomeEvent::node)
                .containsExactlyInAnyOrder("n1", "n2", "n3", "queued");
    }
}
