package io.nodejoin.dashboard.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.PhaseTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimelineTest {
    private static final Instant START = Instant.parse("2026-11-30T10:00:00Z");

    @Test
    void shouldDrawEachPhaseAsLongAsItLasted() {
        // given
        List<PhaseTime> phases =
                List.of(phase(Phase.Requested, 0), phase(Phase.TokenIssued, 3), phase(Phase.Joined, 4));

        // when
        Timeline timeline = Timeline.of(phases, List.of(), START.plusSeconds(100));

        // then
        assertThat(timeline.rows()).extracting(Timeline.Row::label).containsExactly("Requested", "TokenIssued");
        assertThat(timeline.rows().getFirst().width())
                .isEqualTo(3 * timeline.rows().getLast().width());
        assertThat(timeline.description()).isEqualTo("Time in each phase: Requested 3.0 s, TokenIssued 1.0 s.");
    }

    @Test
    void shouldLetTheLastPhaseOfARunningJoinGoOnUntilNow() {
        // when
        Timeline timeline = Timeline.of(List.of(phase(Phase.Requested, 0)), List.of(), START.plusSeconds(5));

        // then
        assertThat(timeline.rows())
                .singleElement()
                .extracting(Timeline.Row::text)
                .isEqualTo("5.0 s");
    }

    @Test
    void shouldNumberTheAttemptsAfterTheFirst() {
        // given
        List<PhaseTime> phases = List.of(
                phase(Phase.Requested, 0),
                phase(Phase.Compensating, 1),
                phase(Phase.AgentConnected, 2),
                phase(Phase.Compensating, 3),
                phase(Phase.AgentConnected, 4));

        // when
        Timeline timeline = Timeline.of(phases, List.of(), START.plusSeconds(5));

        // then
        assertThat(timeline.rows()).extracting(Timeline.Row::attempt).containsExactly(0, 0, 2, 0, 3);
    }

    @Test
    void shouldDrawNothingOfAJoinWithoutAPhase() {
        assertThat(Timeline.of(List.of(), List.of(), START).rows()).isEmpty();
    }

    private static PhaseTime phase(Phase phase, int second) {
        return new PhaseTime(phase, START.plusSeconds(second));
    }
}
