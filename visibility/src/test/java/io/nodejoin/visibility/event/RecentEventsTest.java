package io.nodejoin.visibility.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.ReasonClass;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinPhaseChanged;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.PhaseTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecentEventsTest {
    private static final Instant NOW = Instant.parse("2026-11-30T10:00:00Z");
    private static final ClusterName FRA = new ClusterName("fra-1");
    private static final ClusterName BER = new ClusterName("ber-1");

    private Instant now = NOW;
    private final RecentEvents recent =
            new RecentEvents(new RecentEvents.Limits(Duration.ofHours(1), 100, 100, 100), () -> now);

    @Test
    void shouldTellTimesInEachPhaseOfTheJoinsThatSucceeded() {
        // given
        for (int i = 1; i <= 100; i++) {
            recent.add(succeeded(FRA, i, Duration.ofSeconds(i)));
        }

        // when
        JoinStatistics statistics = recent.statistics(null, Duration.ofMinutes(10));

        // then
        assertThat(statistics.perMinute()).isEqualTo(10);
        assertThat(statistics.successRatio()).hasValue(1.0);
        assertThat(statistics.phaseDurations().get(Phase.Requested))
                .isEqualTo(new PhaseDurationStatistics(
                        100, Duration.ofSeconds(50), Duration.ofSeconds(95), Duration.ofSeconds(99)));
        assertThat(statistics.totals()).isNotNull();
    }

    @Test
    void shouldTellWhereAndWhyJoinsDropOut() {
        // given
        recent.add(succeeded(FRA, 1, Duration.ofSeconds(1)));
        recent.add(failed(FRA, 2, ErrorCode.CSR_TIMEOUT));
        recent.add(failed(BER, 3, ErrorCode.CSR_TIMEOUT));

        // when
        JoinStatistics statistics = recent.statistics(FRA, Duration.ofMinutes(10));

        // then
        assertThat(statistics.successRatio()).hasValue(0.5);
        assertThat(statistics.dropOuts()).isEqualTo(Map.of(Phase.TokenIssued, Map.of(ErrorCode.CSR_TIMEOUT, 1L)));
        assertThat(recent.withResidue()).extracting(EndedJoin::cluster).containsExactly(BER, FRA);
    }

    @Test
    void shouldTellTheHourBeforeAndTheWeekOfTheEventsThatItHears() {
        // given
        RecentEvents day = new RecentEvents(new RecentEvents.Limits(Duration.ofHours(24), 100, 100, 3), () -> now);
        day.add(succeeded(FRA, 1, Duration.ofSeconds(10)));
        now = NOW.plus(Duration.ofMinutes(90));
        day.add(succeeded(FRA, 2, Duration.ofSeconds(20)));

        // when
        JoinStatistics hourBefore = day.statisticsBefore(Duration.ofHours(1), Duration.ofHours(1));
        PhaseDurationHistory.PhaseDurations week = day.week().before(now.minus(Duration.ofHours(1)));

        // then
        PhaseDurationStatistics first =
                new PhaseDurationStatistics(1, Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(10));
        assertThat(hourBefore.phaseDurations()).containsEntry(Phase.Requested, first);
        assertThat(week.byPhase()).containsEntry(Phase.Requested, first);
    }

    @Test
    void shouldForgetTheOldestJoinsOfTheWeek() {
        // given
        for (int i = 1; i <= 101; i++) {
            now = now.plusSeconds(1);
            recent.add(succeeded(FRA, i, Duration.ofSeconds(1)));
        }

        // when
        PhaseDurationHistory.PhaseDurations week = recent.week().before(now.plusSeconds(1));

        // then
        assertThat(week.since()).isEqualTo(NOW.plusSeconds(2));
        assertThat(recent.week().before(NOW.plus(Duration.ofDays(8))).byPhase()).isEmpty();
    }

    @Test
    void shouldCountAnEventOnceThatIsPublishedTwice() {
        // given
        List<PublishedEvent> heard = new ArrayList<>();
        recent.subscribe(heard::add);
        PublishedEvent event = succeeded(FRA, 1, Duration.ofSeconds(1));

        // when
        recent.add(event);
        recent.add(event);

        // then
        assertThat(heard).containsExactly(event);
        assertThat(recent.statistics(null, Duration.ofMinutes(1)).ended()).isEqualTo(1);
    }

    @Test
    void shouldForgetWhatIsTooOldOrTooMuch() {
        // given
        recent.add(succeeded(FRA, 0, Duration.ofSeconds(1)));
        now = NOW.plus(Duration.ofMinutes(50));
        for (int i = 1; i <= 200; i++) {
            recent.add(phase(i));
        }

        // when
        now = NOW.plus(Duration.ofMinutes(61));

        // then
        assertThat(recent.latest(1000)).hasSize(100);
        assertThat(recent.latest(1).getFirst().id()).isEqualTo("phase-200");
        assertThat(recent.statistics(null, Duration.ofHours(2)).ended()).isZero();
    }

    @Test
    void shouldNotTellOfAListenerThatHasGone() {
        // given
        List<PublishedEvent> heard = new ArrayList<>();
        RecentEvents.Subscription subscription = recent.subscribe(heard::add);

        // when
        subscription.close();
        recent.add(phase(1));

        // then
        assertThat(heard).isEmpty();
    }

    private PublishedEvent phase(int number) {
        return new PublishedEvent(
                "phase-" + number,
                now,
                new JoinPhaseChanged(FRA, node(number), id(number), Phase.TokenIssued, now, null));
    }

    private PublishedEvent succeeded(ClusterName cluster, int number, Duration requested) {
        List<PhaseTime> phases = List.of(
                new PhaseTime(Phase.Requested, now),
                new PhaseTime(Phase.AgentConnected, now.plus(requested)),
                new PhaseTime(Phase.Joined, now.plus(requested).plusSeconds(1)));
        return new PublishedEvent(
                "succeeded-" + number,
                now,
                new JoinSucceeded(cluster, node(number), id(number), "uid", phases, null, null));
    }

    private PublishedEvent failed(ClusterName cluster, int number, ErrorCode code) {
        List<PhaseTime> phases = List.of(
                new PhaseTime(Phase.Requested, now),
                new PhaseTime(Phase.TokenIssued, now.plusSeconds(1)),
                new PhaseTime(Phase.Compensating, now.plusSeconds(2)),
                new PhaseTime(Phase.Failed, now.plusSeconds(3)));
        return new PublishedEvent(
                "failed-" + number,
                now,
                new JoinFailed(
                        cluster,
                        node(number),
                        id(number),
                        code,
                        ReasonClass.TIMEOUT,
                        "no CSR",
                        true,
                        null,
                        false,
                        List.of("Secret x"),
                        List.of(),
                        phases,
                        null));
    }

    private static NodeName node(int number) {
        return new NodeName("worker-" + number);
    }

    private static JoinId id(int number) {
        return JoinId.of("test", Integer.toString(number));
    }
}
