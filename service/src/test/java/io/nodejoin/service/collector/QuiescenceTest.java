package io.nodejoin.service.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nodejoin.activities.kubernetes.token.TokenLedger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** For how long a sweep looks for what an activity of a join that is over may still make. */
class QuiescenceTest {
    private final FakeOrphanCollector collector = new FakeOrphanCollector();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private WorkflowStatus status = terminated();
    private final CollectionCycle cycle = new CollectionCycle(
            collector,
            _ -> status,
            new CollectorMetrics(meters, FakeOrphanCollector.CLUSTER),
            collector.guard,
            collector::nanoTime);

    @Test
    void shouldForgetATokenOnlyOnceNoActivityOfItsJoinCanActAnyMore() {
        // given
        TokenLedger.Entry entry = collector.join("n1", "aaaaaa");
        cycle.run();
        collector.pass(CollectionCycle.QUIESCENT_AFTER.minusSeconds(1));
        cycle.run();
        assertThat(collector.entries).containsExactly(entry);

        // when
        collector.pass(Duration.ofSeconds(1));
        cycle.run();

        // then
        assertThat(collector.entries).isEmpty();
        assertThat(collector.told).hasSize(1);
        assertThat(collector.acts).endsWith("node n1", "forget aaaaaa");
    }

    @ParameterizedTest
    @CsvSource({"120, true", "119, false"})
    void shouldGoByTemporalsClockIfItHasJustBegun(long seconds, boolean forgotten) {
        // given a garbage collector that died while it watched
        collector.join("n1", "aaaaaa");
        collector.tokens.clear();
        status = completedAt(FakeOrphanCollector.NOW);
        collector.pass(Duration.ofSeconds(seconds));

        // when
        cycle.run();

        // then
        assertThat(collector.entries.isEmpty()).isEqualTo(forgotten);
    }

    @Test
    void shouldWatchForItselfIfTemporalsClockIsAhead() {
        // given
        collector.join("n1", "aaaaaa");
        status = completedAt(FakeOrphanCollector.NOW.plusSeconds(3600));
        cycle.run();
        collector.pass(CollectionCycle.QUIESCENT_AFTER);

        // when
        cycle.run();

        // then
        assertThat(collector.entries).isEmpty();
    }

    @Test
    void shouldRevokeWhatALateActivityMadeAfterTheFirstSweep() {
        // given
        TokenLedger.Entry entry = collector.join("n1", "aaaaaa");
        cycle.run();
        collector.tokens.add(entry.token().tokenId());
        collector.pass(CollectionCycle.QUIESCENT_AFTER);

        // when
        cycle.run();

        // then
        assertThat(collector.tokens).isEmpty();
        assertThat(collector.entries).as("it is looked at once more").containsExactly(entry);
    }

    @Test
    void shouldShowHowLongAnOrphanIsKnown() {
        // given
        collector.join("n1", "aaaaaa");
        cycle.run();
        collector.pass(Duration.ofSeconds(20));

        // when
        cycle.run();

        // then
        assertThat(meters.get("nodejoin_garbage_collector_orphan_age")
                        .timeGauge()
                        .value(TimeUnit.SECONDS))
                .isEqualTo(20);
        assertThat(meters.counter("nodejoin_garbage_collector_tokens_revoked", "cluster", "fra-1")
                        .count())
                .isOne();
    }

    private static WorkflowStatus terminated() {
        return new WorkflowStatus.Closed(
                "ended as terminated", List.of(), WorkflowStatus.OutcomeState.PENDING, WorkflowStatus.Joined.NO);
    }

    private static WorkflowStatus completedAt(Instant closedAt) {
        return new WorkflowStatus.Closed(
                "is completed", List.of(), WorkflowStatus.OutcomeState.PUBLISHED, WorkflowStatus.Joined.NO, closedAt);
    }
}
