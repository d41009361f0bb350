package io.nodejoin.dashboard.overview;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.dashboard.Level;
import io.nodejoin.dashboard.ServiceStatus;
import io.nodejoin.dashboard.preview.InventedAgents;
import io.nodejoin.dashboard.preview.InventedEvents;
import io.nodejoin.dashboard.preview.InventedJoins;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.visibility.event.RecentDeadLetters;
import io.nodejoin.visibility.event.RecentEvents;
import io.nodejoin.visibility.join.JoinSummary;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class OverviewReaderTest {
    private static final Instant NOW = Instant.parse("2026-11-30T10:00:00Z");

    private Instant now = NOW;
    private final InventedJoins joins = new InventedJoins(3000, NOW, 5);
    private final RecentEvents events = new RecentEvents(RecentEvents.Limits.DEFAULT, () -> now);
    private final OverviewReader reader = new OverviewReader(
            joins,
            events,
            () -> null,
            new RecentDeadLetters(10),
            new OneBrokenPart(),
            new AgentWatch(new InventedAgents(() -> now), () -> now, Runnable::run),
            List.of(InventedJoins.FRA, InventedJoins.BER),
            () -> now);

    /** Of two parts one does not answer. */
    private static final class OneBrokenPart implements ServiceStatus {
        @Override
        public List<Part> parts() {
            return List.of(new Part("kafka", Level.OK, ""), new Part("temporal", Level.BAD, "no pollers"));
        }

        @Override
        public BindingLimits limits(ClusterName cluster) {
            return new BindingLimits(
                    cluster.equals(InventedJoins.BER)
                            ? List.of(new BindingLimit(
                                    BindingLimit.Kind.TOKEN_QUOTA, "50 of 50 tokens exist (maxTokens)"))
                            : List.of(),
                    true);
        }

        @Override
        public List<Notice> notices() {
            return List.of(new Notice(Level.ATTENTION, "An orphan waits.", "garbage-collection.md"));
        }
    }

    private Overview read() {
        InventedEvents.publish(joins.all(), events);
        return reader.read();
    }

    @Test
    void shouldCountEachRunningJoinInOnePhase() {
        // when
        Overview overview = read();

        // then
        assertThat(overview.funnel().stream()
                        .mapToLong(Overview.PhaseState::now)
                        .sum())
                .isEqualTo(joins.all().stream()
                        .filter(join -> join.summary().open())
                        .count());
        assertThat(overview.clusters().stream()
                        .mapToLong(Overview.ClusterState::open)
                        .sum())
                .isEqualTo(overview.funnel().stream()
                        .mapToLong(Overview.PhaseState::now)
                        .sum());
    }

    @Test
    void shouldNameWhatNeedsAPersonTheMostUrgentFirst() {
        // when
        Overview overview = read();

        // then
        assertThat(overview.needsYou())
                .extracting(Overview.NeedsYou::sentence)
                .first()
                .isEqualTo("Temporal: no pollers.");
        assertThat(overview.needsYou())
                .extracting(Overview.NeedsYou::sentence)
                .contains(
                        "An orphan waits.",
                        "1 agent waits for a request that nobody has sent: the agent of forgotten.ber.example in ber-2,"
                                + " at 192.0.2.7, for 20 min.");
    }

    @Test
    void shouldCountTheJoinsThatRunLongerThanAlmostAllTake() {
        // when
        Overview overview = read();

        // then
        long stuck = joins.all().stream()
                .map(InventedJoins.InventedJoin::summary)
                .filter(join -> join.open() && join.startedAt().isBefore(NOW.minusSeconds(30)))
                .count();
        assertThat(overview.needsYou())
                .filteredOn(item -> item.sentence().contains("longer than 30 s"))
                .singleElement()
                .satisfies(item -> {
                    assertThat(item.sentence()).startsWith(stuck + " join");
                    assertThat(item.path()).isEqualTo("/joins?kind=join&open=on&older=30s");
                });
    }

    @Test
    void shouldSayOfEachClusterWhichLimitHoldsItBack() {
        // when
        Overview overview = read();

        // then
        assertThat(overview.clusters())
                .extracting(cluster -> cluster.limits().stream()
                        .map(ServiceStatus.BindingLimit::kind)
                        .toList())
                .containsExactly(List.of(), List.of(ServiceStatus.BindingLimit.Kind.TOKEN_QUOTA));
        assertThat(overview.clusters().getLast().level()).isEqualTo(Level.ATTENTION);
    }

    @Test
    void shouldSayThatTemporalDoesNotAnswerAndShowWhatItKnows() {
        // given
        joins.becomeUnreachable("Temporal does not answer: UNAVAILABLE");

        // when
        Overview overview = read();

        // then
        assertThat(overview.temporalProblem()).isEqualTo("Temporal does not answer: UNAVAILABLE");
        assertThat(overview.funnel()).extracting(Overview.PhaseState::now).containsOnly(-1L);
        assertThat(overview.clusters().getFirst().hour().succeeded()).isPositive();
    }

    @Test
    void shouldReadOnceASecond() {
        // given
        Overview first = read();

        // when
        now = NOW.plusMillis(900);
        Overview second = reader.read();
        now = NOW.plusMillis(1100);
        Overview third = reader.read();

        // then
        assertThat(second).isSameAs(first);
        assertThat(third).isNotSameAs(first);
        assertThat(first.latest()).extracting(JoinSummary::open).contains(true);
    }
}
