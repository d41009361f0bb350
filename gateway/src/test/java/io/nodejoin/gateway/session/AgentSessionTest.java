package io.nodejoin.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.gateway.Samples;
import io.nodejoin.gateway.config.GatewayTimeouts;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.CommandMilestone;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.time.ManualScheduler;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class AgentSessionTest {
    private static final String A1 = Samples.id(Samples.WORKER_A, "a-1");
    private static final UUID FIRST = new UUID(0, 1);
    private static final UUID SECOND = new UUID(0, 2);
    private static final UUID THIRD = new UUID(0, 3);
    private static final PollResult NOTHING = new PollResult.NoCommand();
    private static final PollResult DUPLICATE = new PollResult.Duplicate();

    private final GatewayTimeouts timeouts = GatewayTimeouts.defaults();
    private final ManualScheduler time = new ManualScheduler();
    private final AgentSession session = new AgentSession(Samples.WORKER_A, timeouts, time::nanoTime, time);
    private final Assignment assignment = Samples.assignment(Samples.WORKER_A, "a-1");
    private final PollResult command = new PollResult.Command(assignment);

    @Test
    void shouldParkPollUntilThereIsAnAssignment() {
        // given
        CompletableFuture<PollResult> poll = session.poll(FIRST);
        boolean parkedBefore = !poll.isDone();
        // when
        session.submit(assignment);
        // then
        assertThat(parkedBefore).isTrue();
        assertThat(poll).isCompletedWithValue(command);
    }

    @Test
    void shouldAnswerParkedPollWithNothingAfterThePollTime() {
        // given
        CompletableFuture<PollResult> poll = session.poll(FIRST);
        time.advance(timeouts.poll().minusNanos(1));
        boolean parkedUntilThen = !poll.isDone();
        // when
        time.advance(Duration.ofNanos(1));
        // then
        assertThat(parkedUntilThen).isTrue();
        assertThat(poll).isCompletedWithValue(NOTHING);
    }

    @Test
    void shouldScheduleNothingForAPollThatHasItsAnswer() {
        // given
        CompletableFuture<PollResult> _ = session.poll(FIRST);
        // when
        session.submit(assignment);
        // then
        assertThat(time.pending()).isZero();
    }

    @Test
    void shouldHandOutAgainUntilAcknowledged() {
        // given
        session.submit(assignment);
        PollResult firstTime = session.poll(FIRST).join();
        // when
        PollResult secondTime = session.poll(FIRST).join();
        session.recordProgress(A1, Samples.progress(CommandMilestone.StepCompleted, "swap-off"), FIRST);
        CompletableFuture<PollResult> thirdTime = session.poll(FIRST);
        // then
        assertThat(List.of(firstTime, secondTime)).containsOnly(command);
        assertThat(thirdTime).isNotDone();
    }

    @Test
    void shouldHandAcknowledgedAssignmentToAnAgentThatWasRestarted() {
        // given
        CompletableFuture<PollResult> restarted = restartedWithTheCommandInHand();
        // when
        time.advance(timeouts.duplicateWindow());
        // then
        assertThat(restarted).isCompletedWithValue(command);
    }

    @Test
    void shouldTurnAwaySecondAgentWhileTheFirstOneLives() {
        // given
        CompletableFuture<PollResult> holder = session.poll(FIRST);
        CompletableFuture<PollResult> clone = session.poll(SECOND);
        // when the holder, asked to show that it lives, polls again
        CompletableFuture<PollResult> again = session.poll(FIRST);
        session.submit(assignment);
        // then
        assertThat(holder).isCompletedWithValue(NOTHING);
        assertThat(clone).isCompletedWithValue(DUPLICATE);
        assertThat(again).isCompletedWithValue(command);
    }

    @Test
    void shouldTurnAwaySecondAgentWhileTheFirstOneReportsProgress() {
        // given
        session.submit(assignment);
        CompletableFuture<PollResult> _ = session.poll(FIRST);
        CompletableFuture<PollResult> clone = session.poll(SECOND);
        // when
        session.recordProgress(A1, Samples.progress(CommandMilestone.StepCompleted, "swap-off"), FIRST);
        // then
        assertThat(clone).isCompletedWithValue(DUPLICATE);
    }

    @Test
    void shouldTurnAwaySecondAgentWhileSomebodyUnnamedReports() {
        // given
        CompletableFuture<PollResult> _ = session.poll(FIRST);
        CompletableFuture<PollResult> clone = session.poll(SECOND);
        // when
        session.recordResult(A1, Samples.reset(), null);
        // then
        assertThat(clone).isCompletedWithValue(DUPLICATE);
    }

    @Test
    void shouldNotTakeWhatARestartedAgentReportsForALifeSignOfTheOneBeforeIt() {
        // given
        CompletableFuture<PollResult> restarted = restartedWithTheCommandInHand();
        // when
        session.recordProgress(A1, Samples.progress(CommandMilestone.StepCompleted, "modules"), SECOND);
        session.recordResult(A1, Samples.reset(), SECOND);
        Assignment later = Samples.assignment(Samples.WORKER_A, "a-2");
        session.submit(later);
        time.advance(timeouts.duplicateWindow());
        // then
        assertThat(restarted).isCompletedWithValue(new PollResult.Command(later));
    }

    @Test
    void shouldTurnAwayThirdAgentWhileTheSecondWaits() {
        // given
        CompletableFuture<PollResult> _ = session.poll(FIRST);
        CompletableFuture<PollResult> _ = session.poll(SECOND);
        // when
        CompletableFuture<PollResult> third = session.poll(THIRD);
        // then
        assertThat(third).isCompletedWithValue(DUPLICATE);
    }

    @Test
    void shouldLetRestartedAgentInWhenTheFirstOneStaysSilent() {
        // given an agent whose host died with its poll parked
        CompletableFuture<PollResult> _ = session.poll(FIRST);
        CompletableFuture<PollResult> restarted = session.poll(SECOND);
        // when
        time.advance(timeouts.duplicateWindow());
        session.submit(assignment);
        // then
        assertThat(restarted).isCompletedWithValue(command);
    }

    @Test
    void shouldCompleteAssignmentWithTheFirstResult() {
        // given
        PendingCommand command = session.submit(assignment);
        session.recordResult(A1, Samples.reset(), FIRST);
        // when
        session.recordResult(A1, new HostResult.HostReset(false, null, List.of()), FIRST);
        // then
        assertThat(command.result()).isCompletedWithValue(Samples.reset());
    }

    @Test
    void shouldAnswerSameAssignmentWithTheKnownResult() {
        // given
        session.cancel(session.submit(assignment));
        session.recordResult(A1, Samples.reset(), FIRST);
        // when
        PendingCommand again = session.submit(assignment);
        // then
        assertThat(again.result()).isCompletedWithValue(Samples.reset());
    }

    @Test
    void shouldNotHandOutWhatWasWithdrawn() {
        // given
        PendingCommand command = session.submit(assignment);
        // when
        session.cancel(command);
        // then
        assertThat(session.poll(FIRST)).isNotDone();
    }

    @Test
    void shouldKeepAssignmentWhileAnotherExecutionStillWaits() {
        // given two executions of one activity, the first of which was given up
        PendingCommand zombie = session.submit(assignment);
        session.submit(assignment);
        // when
        session.cancel(zombie);
        // then
        assertThat(session.poll(FIRST)).isCompletedWithValue(command);
    }

    @Test
    void shouldReportMarkOnceToTheJoin() {
        // given
        boolean first = session.recordProgress(A1, Samples.progress(CommandMilestone.KubeletActive, "kubelet"), FIRST);
        session.markReported(A1, CommandMilestone.KubeletActive);
        // when
        boolean repeated =
                session.recordProgress(A1, Samples.progress(CommandMilestone.KubeletActive, "kubelet"), FIRST);
        boolean step = session.recordProgress(A1, Samples.progress(CommandMilestone.StepCompleted, "swap-off"), FIRST);
        // then
        assertThat(first).isTrue();
        assertThat(repeated).isFalse();
        assertThat(step).isFalse();
    }

    @Test
    void shouldAllowAcknowledgedAssignmentALongerSilence() {
        // given
        CompletableFuture<PollResult> _ = session.poll(FIRST);
        PendingCommand command = session.submit(assignment);
        time.advance(timeouts.fetchTimeout().plusNanos(1));
        boolean unfetched = session.isUnresponsive(command);
        session.recordProgress(A1, Samples.progress(CommandMilestone.StepCompleted, "swap-off"), FIRST);
        time.advance(timeouts.livenessTimeout());
        boolean working = session.isUnresponsive(command);
        // when
        time.advance(Duration.ofNanos(1));
        // then
        assertThat(unfetched).isTrue();
        assertThat(working).isFalse();
        assertThat(session.isUnresponsive(command)).isTrue();
    }

    @Test
    void shouldSeeAgentThatComesBackFromElsewhereAsNewSession() {
        // given
        CompletableFuture<PollResult> _ = session.poll(FIRST);
        AgentSession.Connection before = session.connection().orElseThrow();
        session.submit(assignment);
        time.advance(timeouts.fetchTimeout().plusNanos(1));
        // when
        CompletableFuture<PollResult> _ = session.poll(FIRST);
        // then
        assertThat(session.connection()).get().isNotEqualTo(before);
    }

    @Test
    void shouldNoLongerBeConnectedOnceTheAgentIsReleased() {
        // given
        CompletableFuture<PollResult> joined = session.poll(FIRST);
        // when
        session.endJoined();
        // then
        assertThat(joined).isCompletedWithValue(new PollResult.Joined());
        assertThat(session.isConnected()).isFalse();
    }

    @Test
    void shouldKeepTheConnectionThatCouldNotBeToldOfTheRelease() {
        // given
        CompletableFuture<PollResult> _ = session.poll(FIRST);
        AgentSession.Connection before = session.connection().orElseThrow();
        session.submit(assignment);
        // when
        session.endJoined();
        // then
        assertThat(session.connection()).contains(before);
    }

    @Test
    void shouldAnswerWithNothingOnceClosed() {
        // given
        CompletableFuture<PollResult> parked = session.poll(FIRST);
        // when
        session.close();
        // then
        assertThat(parked).isCompletedWithValue(NOTHING);
        assertThat(session.poll(FIRST)).isCompletedWithValue(NOTHING);
    }

    /** The poll of a process that follows one that had acknowledged the command. */
    private CompletableFuture<PollResult> restartedWithTheCommandInHand() {
        session.submit(assignment);
        CompletableFuture<PollResult> _ = session.poll(FIRST);
        session.recordProgress(A1, Samples.progress(CommandMilestone.StepCompleted, "swap-off"), FIRST);
        return session.poll(SECOND);
    }
}
