package io.nodejoin.service.collector;

import static io.nodejoin.service.collector.TalkingRuns.CLUSTER;
import static io.nodejoin.service.collector.TalkingRuns.NODE;
import static io.nodejoin.service.collector.TalkingRuns.NOW;
import static io.nodejoin.service.collector.TalkingRuns.announcement;
import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.join.LeaveAccepted;
import io.nodejoin.protocol.join.LeaveSucceeded;
import io.nodejoin.protocol.join.PhaseTime;
import io.nodejoin.service.collector.TalkingRuns.TalkingRun;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TemporalLeaveRunsTest {
    private static final JoinId LEAVE = JoinId.of("test", "1");
    private static final JoinId OTHER = JoinId.of("test", "other");
    private static final LeaveAccepted ACCEPTED = new LeaveAccepted(CLUSTER, NODE, LEAVE, NOW);

    private final TalkingRuns runs = new TalkingRuns();

    @AfterEach
    void close() {
        runs.close();
    }

    @Test
    void shouldReadFromATerminatedLeaveWhatItHadReachedThoughItToldOnlyItsBeginning() {
        // given
        TalkingRun leave = runs.begin(LEAVE);
        leave.say(ACCEPTED);
        leave.reach(Phase.Requested, Phase.Cordoned, Phase.Drained);
        leave.terminate();

        // when
        JoinFate fate = runs.fateOfLeave(LEAVE, leave.id());

        // then
        assertThat(fate).isInstanceOfSatisfying(JoinFate.Over.class, over -> {
            assertThat(over.outcome()).isEqualTo(JoinFate.Outcome.OWED);
            assertThat(over.phases())
                    .extracting(PhaseTime::phase)
                    .containsExactly(Phase.Requested, Phase.Cordoned, Phase.Drained);
        });
    }

    @Test
    void shouldFindTheOutcomeThatATerminatedLeaveWasAboutToTell() throws InterruptedException {
        // given
        LeaveSucceeded left = new LeaveSucceeded(CLUSTER, NODE, LEAVE, List.of(), List.of(), "uid");
        TalkingRun leave = runs.begin(LEAVE);
        leave.reach(Phase.Left);
        leave.beginToTell(left);
        leave.terminate();

        // when
        JoinFate fate = runs.fateOfLeave(LEAVE, leave.id());

        // then
        assertThat(fate).isEqualTo(terminated(leave, List.of(), new JoinFate.Outcome(false, announcement(left))));
    }

    @Test
    void shouldNotTakeThePhasesOfTheRunThatAcceptedALeaveForItsOwn() {
        // given
        TalkingRun run = runs.begin(OTHER);
        run.reach(Phase.Drained);
        run.say(ACCEPTED);
        run.terminate();

        // when
        JoinFate fate = runs.fateOfLeave(LEAVE, run.id());

        // then
        assertThat(fate)
                .isEqualTo(terminated(run, List.of(new PhaseTime(Phase.Requested, NOW)), JoinFate.Outcome.OWED));
    }

    private static JoinFate.Over terminated(TalkingRun run, List<PhaseTime> phases, JoinFate.Outcome outcome) {
        return new JoinFate.Over("ended as terminated", phases, outcome, JoinFate.Joined.NO, run.closedAt());
    }
}
