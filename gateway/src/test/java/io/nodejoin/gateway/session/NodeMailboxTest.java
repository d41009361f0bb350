package io.nodejoin.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.gateway.Samples;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostMark;
import io.nodejoin.protocol.agent.HostResult;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class NodeMailboxTest {
    private static final String A1 = Samples.id(Samples.WORKER_A, "a-1");
    private static final UUID FIRST = new UUID(0, 1);
    private static final UUID SECOND = new UUID(0, 2);
    private static final UUID THIRD = new UUID(0, 3);
    private static final PollAnswer NOTHING = new PollAnswer.Nothing();
    private static final PollAnswer DUPLICATE = new PollAnswer.Duplicate();

    private final AtomicLong now = new AtomicLong();
    private final NodeMailbox mailbox = new NodeMailbox(Samples.WORKER_A, Samples.times(), now::get);
    private final Assignment assignment = Samples.assignment(Samples.WORKER_A, "a-1");
    private final PollAnswer command = new PollAnswer.Command(assignment);

    @Test
    void shouldParkPollUntilThereIsAnAssignment() {
        // given
        CompletableFuture<PollAnswer> poll = mailbox.poll(FIRST);
        boolean parkedBefore = !poll.isDone();
        // when
        mailbox.offer(assignment);
        // then
        assertThat(parkedBefore).isTrue();
        assertThat(poll).isCompletedWithValue(command);
    }

    @Test
    void shouldAnswerParkedPollWithNothingAfterThePollTime() {
        // given
        CompletableFuture<PollAnswer> poll = mailbox.poll(FIRST);
        // when then
        assertThat(poll).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(NOTHING);
    }

    @Test
    void shouldHandOutAgainUntilAcknowledged() {
        // given
        mailbox.offer(assignment);
        PollAnswer firstTime = mailbox.poll(FIRST).join();
        // when
        PollAnswer secondTime = mailbox.poll(FIRST).join();
        mailbox.progressed(A1, Samples.progress(HostMark.StepDone, "swap-off"), FIRST);
        CompletableFuture<PollAnswer> thirdTime = mailbox.poll(FIRST);
        // then
        assertThat(List.of(firstTime, secondTime)).containsOnly(command);
        assertThat(thirdTime).isNotDone();
    }

    @Test
    void shouldHandAcknowledgedAssignmentToAnAgentThatWasRestarted() {
        // when
        CompletableFuture<PollAnswer> restarted = restartedWithTheCommandInHand();
        // then
        assertThat(restarted).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(command);
    }

    @Test
    void shouldTurnAwaySecondAgentWhileTheFirstOneLives() {
        // given
        CompletableFuture<PollAnswer> holder = mailbox.poll(FIRST);
        CompletableFuture<PollAnswer> clone = mailbox.poll(SECOND);
        // when the holder, asked to show that it lives, polls again
        CompletableFuture<PollAnswer> again = mailbox.poll(FIRST);
        mailbox.offer(assignment);
        // then
        assertThat(holder).isCompletedWithValue(NOTHING);
        assertThat(clone).isCompletedWithValue(DUPLICATE);
        assertThat(again).isCompletedWithValue(command);
    }

    @Test
    void shouldTurnAwaySecondAgentWhileTheFirstOneReportsProgress() {
        // given
        mailbox.offer(assignment);
        CompletableFuture<PollAnswer> _ = mailbox.poll(FIRST);
        CompletableFuture<PollAnswer> clone = mailbox.poll(SECOND);
        // when
        mailbox.progressed(A1, Samples.progress(HostMark.StepDone, "swap-off"), FIRST);
        // then
        assertThat(clone).isCompletedWithValue(DUPLICATE);
    }

    @Test
    void shouldTurnAwaySecondAgentWhileSomebodyUnnamedReports() {
        // given
        CompletableFuture<PollAnswer> _ = mailbox.poll(FIRST);
        CompletableFuture<PollAnswer> clone = mailbox.poll(SECOND);
        // when
        mailbox.ended(A1, Samples.reset(), null);
        // then
        assertThat(clone).isCompletedWithValue(DUPLICATE);
    }

    @Test
    void shouldNotTakeWhatARestartedAgentReportsForALifeSignOfTheOneBeforeIt() {
        // given
        CompletableFuture<PollAnswer> restarted = restartedWithTheCommandInHand();
        // when
        mailbox.progressed(A1, Samples.progress(HostMark.StepDone, "modules"), SECOND);
        mailbox.ended(A1, Samples.reset(), SECOND);
        Assignment later = Samples.assignment(Samples.WORKER_A, "a-2");
        mailbox.offer(later);
        // then
        assertThat(restarted).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(new PollAnswer.Command(later));
    }

    @Test
    void shouldTurnAwayThirdAgentWhileTheSecondWaits() {
        // given
        CompletableFuture<PollAnswer> _ = mailbox.poll(FIRST);
        CompletableFuture<PollAnswer> _ = mailbox.poll(SECOND);
        // when
        CompletableFuture<PollAnswer> third = mailbox.poll(THIRD);
        // then
        assertThat(third).isCompletedWithValue(DUPLICATE);
    }

    @Test
    void shouldLetRestartedAgentInWhenTheFirstOneStaysSilent() {
        // given an agent whose host died with its poll parked
        CompletableFuture<PollAnswer> _ = mailbox.poll(FIRST);
        // when
        CompletableFuture<PollAnswer> restarted = mailbox.poll(SECOND);
        // then
        await().untilAsserted(() -> assertThat(mailbox.session())
                .get()
                .extracting(NodeMailbox.Session::instance)
                .isEqualTo(SECOND));
        mailbox.offer(assignment);
        assertThat(restarted).isCompletedWithValue(command);
    }

    @Test
    void shouldCompleteAssignmentWithTheFirstResult() throws InterruptedException {
        // given
        Delivery delivery = mailbox.offer(assignment);
        mailbox.ended(A1, Samples.reset(), FIRST);
        // when
        mailbox.ended(A1, new HostResult.HostReset(false, null, List.of()), FIRST);
        // then
        assertThat(delivery.await(1)).contains(Samples.reset());
    }

    @Test
    void shouldAnswerSameAssignmentWithTheKnownResult() throws InterruptedException {
        // given
        mailbox.withdraw(mailbox.offer(assignment));
        mailbox.ended(A1, Samples.reset(), FIRST);
        // when
        Delivery again = mailbox.offer(assignment);
        // then
        assertThat(again.await(1)).contains(Samples.reset());
    }

    @Test
    void shouldNotHandOutWhatWasWithdrawn() {
        // given
        Delivery delivery = mailbox.offer(assignment);
        // when
        mailbox.withdraw(delivery);
        // then
        assertThat(mailbox.poll(FIRST)).isNotDone();
    }

    @Test
    void shouldKeepAssignmentWhileAnotherExecutionStillWaits() {
        // given two executions of one activity, the first of which was given up
        Delivery zombie = mailbox.offer(assignment);
        mailbox.offer(assignment);
        // when
        mailbox.withdraw(zombie);
        // then
        assertThat(mailbox.poll(FIRST)).isCompletedWithValue(command);
    }

    @Test
    void shouldReportMarkOnceToTheJoin() {
        // given
        boolean first = mailbox.progressed(A1, Samples.progress(HostMark.KubeletActive, "kubelet"), FIRST);
        mailbox.reported(A1, HostMark.KubeletActive);
        // when
        boolean repeated = mailbox.progressed(A1, Samples.progress(HostMark.KubeletActive, "kubelet"), FIRST);
        boolean step = mailbox.progressed(A1, Samples.progress(HostMark.StepDone, "swap-off"), FIRST);
        // then
        assertThat(first).isTrue();
        assertThat(repeated).isFalse();
        assertThat(step).isFalse();
    }

    @Test
    void shouldAllowAcknowledgedAssignmentALongerSilence() {
        // given
        Delivery delivery = mailbox.offer(assignment);
        now.addAndGet(Duration.ofSeconds(2).toNanos());
        boolean unfetched = mailbox.silent(delivery);
        mailbox.progressed(A1, Samples.progress(HostMark.StepDone, "swap-off"), FIRST);
        now.addAndGet(Duration.ofSeconds(2).toNanos());
        boolean working = mailbox.silent(delivery);
        // when
        now.addAndGet(Duration.ofSeconds(2).toNanos());
        // then
        assertThat(unfetched).isTrue();
        assertThat(working).isFalse();
        assertThat(mailbox.silent(delivery)).isTrue();
    }

    @Test
    void shouldSeeAgentThatComesBackFromElsewhereAsNewSession() {
        // given
        CompletableFuture<PollAnswer> _ = mailbox.poll(FIRST);
        NodeMailbox.Session before = mailbox.session().orElseThrow();
        mailbox.offer(assignment);
        now.addAndGet(Duration.ofSeconds(2).toNanos());
        // when
        CompletableFuture<PollAnswer> _ = mailbox.poll(FIRST);
        // then
        assertThat(mailbox.session()).get().isNotEqualTo(before);
    }

    @Test
    void shouldAnswerWithNothingOnceClosed() {
        // given
        CompletableFuture<PollAnswer> parked = mailbox.poll(FIRST);
        // when
        mailbox.close();
        // then
        assertThat(parked).isCompletedWithValue(NOTHING);
        assertThat(mailbox.poll(FIRST)).isCompletedWithValue(NOTHING);
    }

    /** The poll of a process that follows one that had acknowledged the command. */
    private CompletableFuture<PollAnswer> restartedWithTheCommandInHand() {
        mailbox.offer(assignment);
        CompletableFuture<PollAnswer> _ = mailbox.poll(FIRST);
        mailbox.progressed(A1, Samples.progress(HostMark.StepDone, "swap-off"), FIRST);
        return mailbox.poll(SECOND);
    }
}
