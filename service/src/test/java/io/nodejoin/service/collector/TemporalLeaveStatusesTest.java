package io.nodejoin.service.collector;

import static io.nodejoin.service.collector.PublishingRuns.CLUSTER;
import static io.nodejoin.service.collector.PublishingRuns.NODE;
import static io.nodejoin.service.collector.PublishingRuns.NOW;
import static io.nodejoin.service.collector.PublishingRuns.announcement;
import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.LeaveAccepted;
import io.nodejoin.protocol.event.LeaveSucceeded;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.service.collector.PublishingRuns.TalkingRun;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TemporalLeaveStatusesTest {
    private static final JoinId LEAVE = JoinId.of("test", "1");
    private static final JoinId OTHER = JoinId.of("test", "other");
    private static final LeaveAccepted ACCEPTED = new LeaveAccepted(CLUSTER, NODE, LEAVE, NOW, null);

    private final PublishingRuns workflows = new PublishingRuns();

    @AfterEach
    void close() {
        workflows.close();
    }

    @Test
    void shouldReadFromATerminatedLeaveWhatItHadReachedThoughItToldOnlyItsBeginning() {
        // given
        TalkingRun leave = workflows.begin(LEAVE);
        leave.say(ACCEPTED);
        leave.reach(Phase.Requested, Phase.Cordoned, Phase.Drained);
        leave.terminate();

        // when
        WorkflowStatus status = workflows.fateOfLeave(LEAVE, leave.id());

        // then
        assertThat(status).isInstanceOfSatisfying(WorkflowStatus.Closed.class, closed -> {
            assertThat(closed.outcome()).isEqualTo(WorkflowStatus.OutcomeState.PENDING);
            assertThat(closed.phases())
                    .extracting(PhaseTime::phase)
                    .containsExactly(Phase.Requested, Phase.Cordoned, Phase.Drained);
        });
    }

    @Test
    void shouldFindTheOutcomeThatATerminatedLeaveWasAboutToTell() throws InterruptedException {
        // given
        LeaveSucceeded left = new LeaveSucceeded(CLUSTER, NODE, LEAVE, List.of(), List.of(), "uid", null);
        TalkingRun leave = workflows.begin(LEAVE);
        leave.reach(Phase.Left);
        leave.beginToTell(left);
        leave.terminate();

        // when
        WorkflowStatus status = workflows.fateOfLeave(LEAVE, leave.id());

        // then
        assertThat(status)
                .isEqualTo(terminated(leave, List.of(), new WorkflowStatus.OutcomeState(false, announcement(left))));
    }

    @Test
    void shouldNotTakeThePhasesOfTheRunThatAcceptedALeaveForItsOwn() {
        // given
        TalkingRun run = workflows.begin(OTHER);
        run.reach(Phase.Drained);
        run.say(ACCEPTED);
        run.terminate();

        // when
        WorkflowStatus status = workflows.fateOfLeave(LEAVE, run.id());

        // then
        assertThat(status)
                .isEqualTo(terminated(
                        run, List.of(new PhaseTime(Phase.Requested, NOW)), WorkflowStatus.OutcomeState.PENDING));
    }

    private static WorkflowStatus.Closed terminated(
            TalkingRun run, List<PhaseTime> phases, WorkflowStatus.OutcomeState outcome) {
        return new WorkflowStatus.Closed(
                "ended as terminated", phases, outcome, WorkflowStatus.Joined.NO, run.closedAt());
    }
}
