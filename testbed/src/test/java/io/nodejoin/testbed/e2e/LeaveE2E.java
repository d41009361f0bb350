package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.join.JoinSucceeded;
import io.nodejoin.protocol.join.LeaveFailed;
import io.nodejoin.protocol.join.LeaveRequested;
import io.nodejoin.protocol.join.LeaveSucceeded;
import io.nodejoin.protocol.join.PhaseTime;
import io.nodejoin.testbed.demo.HostWish;
import io.nodejoin.testbed.simulated.SimulatedHost;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

@ExtendWith(BedExtension.class)
@ResourceLock(value = SharedBed.LOCK, mode = ResourceAccessMode.READ)
class LeaveE2E {
    private static final Duration PROMISED = Duration.ofSeconds(60);

    private final SharedBed bed;

    LeaveE2E(SharedBed bed) {
        this.bed = bed;
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldLeaveOnceTheBudgetAllowsAndJoinAgain() {
        // given a node with a pod that its budget protects
        HostWish wish = bed.wish("leaver");
        SimulatedHost host = bed.boot(wish, Fault.NONE);
        bed.request(wish);
        JoinSucceeded first = bed.outcomes().awaitEnd(wish.node(), JoinSucceeded.class);
        bed.meddler().runProtectedPod(wish.node());

        // when
        bed.requests().send(leave(wish, null, null), SharedBed.key(wish.node()));
        bed.cluster().awaitCordoned(wish.node());
        bed.cluster().awaitRefusedEvictions(wish.node());
        boolean stays = host.residue().contains("kubelet runs");
        bed.meddler().unprotect(wish.node());

        // then
        LeaveSucceeded left = bed.outcomes().awaitSecondEnd(wish.node(), LeaveSucceeded.class);
        assertThat(stays).isTrue();
        assertThat(left.residue()).isEmpty();
        assertThat(left.nodeUid()).isEqualTo(first.nodeUid());
        assertThat(left.phases())
                .extracting(PhaseTime::phase)
                .containsExactly(Phase.Requested, Phase.Cordoned, Phase.Drained, Phase.Left);
        assertThat(host.residue()).isEmpty();
        assertThat(bed.cluster().node(wish.node())).isEmpty();
        bed.request(wish);
        JoinSucceeded again = bed.outcomes().awaitEndNumber(3, wish.node(), JoinSucceeded.class);
        assertThat(again.nodeUid()).isNotEqualTo(first.nodeUid());
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldStayAndTakePodsAgainIfThePodsCannotBeEvictedInTime() {
        // given
        HostWish wish = bed.wish("stayer");
        bed.boot(wish, Fault.NONE);
        bed.request(wish);
        JoinSucceeded first = bed.outcomes().awaitEnd(wish.node(), JoinSucceeded.class);
        bed.meddler().runProtectedPod(wish.node());

        // when
        bed.requests().send(leave(wish, Instant.now().plusSeconds(20), null), SharedBed.key(wish.node()));

        // then
        LeaveFailed failed = bed.outcomes().awaitSecondEnd(wish.node(), LeaveFailed.class);
        assertThat(failed.reason()).isEqualTo(ErrorCode.DRAIN_BLOCKED);
        assertThat(failed.detail()).contains("default/protected-" + wish.node());
        assertThat(bed.cluster().ready(wish.node())).containsExactly(first.nodeUid());
        assertThat(bed.cluster().isCordoned(wish.node())).isFalse();
        bed.meddler().unprotect(wish.node());
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldDeleteTheNodeOfAHostThatIsGone() {
        // given
        HostWish wish = bed.wish("departed");
        SimulatedHost host = bed.boot(wish, Fault.NONE);
        bed.request(wish);
        bed.outcomes().awaitEnd(wish.node(), JoinSucceeded.class);
        host.close();

        // when
        bed.requests().send(leave(wish, null, true), SharedBed.key(wish.node()));

        // then
        LeaveSucceeded left = bed.outcomes().awaitSecondEnd(wish.node(), LeaveSucceeded.class);
        assertThat(left.residue()).containsExactly("Host: not reset: the request says that it is gone");
        assertThat(bed.cluster().node(wish.node())).isEmpty();
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldTakePodsAgainAndTellOnceIfItsWorkflowIsTerminatedDuringTheDrain() {
        // given
        HostWish wish = bed.wish("halted");
        bed.boot(wish, Fault.NONE);
        bed.request(wish);
        JoinSucceeded first = bed.outcomes().awaitEnd(wish.node(), JoinSucceeded.class);
        bed.meddler().runProtectedPod(wish.node());
        bed.requests().send(leave(wish, null, null), SharedBed.key(wish.node()));
        bed.histories().awaitPhase(wish.node(), Phase.Cordoned);

        // when
        bed.histories().terminate(wish.node());

        // then
        LeaveFailed failed = bed.outcomes().awaitSecondEnd(wish.node(), LeaveFailed.class);
        assertThat(failed.reason()).isEqualTo(ErrorCode.TERMINATED);
        assertThat(failed.residue()).isEmpty();
        assertThat(failed.phases())
                .extracting(PhaseTime::phase)
                .containsExactly(Phase.Requested, Phase.Cordoned, Phase.Failed);
        assertThat(told(failed)).isLessThan(PROMISED);
        assertThat(bed.cluster().ready(wish.node())).containsExactly(first.nodeUid());
        assertThat(bed.cluster().isCordoned(wish.node())).isFalse();
        bed.meddler().unprotect(wish.node());
        leavesAgain(wish, null);
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldNameWhatIsLeftIfItsWorkflowIsTerminatedAfterTheDrainAndFinishWhenAskedAgain() {
        // given a host whose agent does not come, so that its leave waits for it once the node is drained
        HostWish wish = bed.wish("stuck");
        SimulatedHost host = bed.boot(wish, Fault.NONE);
        bed.request(wish);
        JoinSucceeded first = bed.outcomes().awaitEnd(wish.node(), JoinSucceeded.class);
        host.close();
        bed.requests().send(leave(wish, null, null), SharedBed.key(wish.node()));
        bed.histories().awaitPhase(wish.node(), Phase.Drained);

        // when
        bed.histories().terminate(wish.node());

        // then
        LeaveFailed failed = bed.outcomes().awaitSecondEnd(wish.node(), LeaveFailed.class);
        assertThat(failed.reason()).isEqualTo(ErrorCode.TERMINATED);
        assertThat(failed.residue())
                .satisfiesExactly(
                        left -> assertThat(left).startsWith("Host: "),
                        left -> assertThat(left).startsWith("Node: ").contains(first.nodeUid()));
        assertThat(told(failed)).isLessThan(PROMISED);
        assertThat(bed.cluster().isCordoned(wish.node())).isTrue();
        leavesAgain(wish, true);
    }

    /** From the last thing that the leave itself did until its outcome. */
    private static Duration told(LeaveFailed failed) {
        return Duration.between(
                failed.phases().get(failed.phases().size() - 2).at(),
                failed.phases().getLast().at());
    }

    private void leavesAgain(HostWish wish, @Nullable Boolean hostGone) {
        bed.requests().send(leave(wish, null, hostGone), SharedBed.key(wish.node()));
        bed.outcomes().awaitEndNumber(3, wish.node(), LeaveSucceeded.class);
        assertThat(bed.cluster().node(wish.node())).isEmpty();
    }

    private static LeaveRequested leave(HostWish wish, @Nullable Instant deadline, @Nullable Boolean hostGone) {
        return new LeaveRequested(SharedBed.CLUSTER, wish.node(), deadline, 0, null, hostGone);
    }
}
