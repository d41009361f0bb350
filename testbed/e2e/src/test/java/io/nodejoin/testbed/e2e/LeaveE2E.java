package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.LeaveFailed;
import io.nodejoin.protocol.event.LeaveRequested;
import io.nodejoin.protocol.event.LeaveSucceeded;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.simulated.SimulatedHost;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@OnSharedBed
class LeaveE2E {
    private static final Duration PROMISED = Duration.ofSeconds(60);

    private final SharedBed bed;

    LeaveE2E(SharedBed bed) {
        this.bed = bed;
    }

    @Test
    @Tag("real")
    @Execution(ExecutionMode.CONCURRENT)
    void shouldLeaveOnceTheBudgetAllowsAndJoinAgain() {
        // given a node with a pod that its budget protects
        HostFixture fixture = bed.newHost("leaver");
        SimulatedHost host = bed.boot(fixture, Fault.NONE);
        bed.request(fixture);
        JoinSucceeded first = bed.outcomes().awaitOutcome(fixture.node(), JoinSucceeded.class);
        bed.externalActor().runProtectedPod(fixture.node());

        // when
        bed.requests().send(leave(fixture, null, null), SharedBed.recordKey(fixture.node()));
        bed.cluster().awaitCordoned(fixture.node());
        bed.cluster().awaitRefusedEvictions(fixture.node());
        boolean stays = host.residue().contains("kubelet runs");
        bed.externalActor().unprotect(fixture.node());

        // then
        LeaveSucceeded left = bed.outcomes().awaitSecondOutcome(fixture.node(), LeaveSucceeded.class);
        assertThat(stays).isTrue();
        assertThat(left.residue()).isEmpty();
        assertThat(left.nodeUid()).isEqualTo(first.nodeUid());
        assertThat(left.phases())
                .extracting(PhaseTime::phase)
                .containsExactly(Phase.Requested, Phase.Cordoned, Phase.Drained, Phase.Left);
        assertThat(host.residue()).isEmpty();
        assertThat(bed.cluster().node(fixture.node())).isEmpty();
        bed.request(fixture);
        JoinSucceeded again = bed.outcomes().awaitNthOutcome(3, fixture.node(), JoinSucceeded.class);
        assertThat(again.nodeUid()).isNotEqualTo(first.nodeUid());
    }

    @Test
    @Tag("real")
    @Execution(ExecutionMode.CONCURRENT)
    void shouldStayAndTakePodsAgainIfThePodsCannotBeEvictedInTime() {
        // given
        HostFixture fixture = bed.newHost("stayer");
        bed.boot(fixture, Fault.NONE);
        bed.request(fixture);
        JoinSucceeded first = bed.outcomes().awaitOutcome(fixture.node(), JoinSucceeded.class);
        bed.externalActor().runProtectedPod(fixture.node());

        // when
        bed.requests().send(leave(fixture, Instant.now().plusSeconds(20), null), SharedBed.recordKey(fixture.node()));

        // then
        LeaveFailed failed = bed.outcomes().awaitSecondOutcome(fixture.node(), LeaveFailed.class);
        assertThat(failed.reason()).isEqualTo(ErrorCode.DRAIN_BLOCKED);
        assertThat(failed.detail()).contains("default/protected-" + fixture.node());
        assertThat(bed.cluster().ready(fixture.node())).containsExactly(first.nodeUid());
        assertThat(bed.cluster().isCordoned(fixture.node())).isFalse();
        bed.externalActor().unprotect(fixture.node());
    }

    @Test
    @Tag("real")
    @Execution(ExecutionMode.CONCURRENT)
    void shouldDeleteTheNodeOfAHostThatIsGone() {
        // given
        HostFixture fixture = bed.newHost("departed");
        SimulatedHost host = bed.boot(fixture, Fault.NONE);
        bed.request(fixture);
        bed.outcomes().awaitOutcome(fixture.node(), JoinSucceeded.class);
        host.close();
        bed.externalActor().stopHeartbeats(fixture.node());

        // when
        bed.requests().send(leave(fixture, null, true), SharedBed.recordKey(fixture.node()));

        // then
        LeaveSucceeded left = bed.outcomes().awaitSecondOutcome(fixture.node(), LeaveSucceeded.class);
        assertThat(left.residue()).containsExactly("Host: not reset: the request says that it is gone");
        assertThat(bed.cluster().node(fixture.node())).isEmpty();
    }

    @Test
    @Tag("real")
    @Execution(ExecutionMode.CONCURRENT)
    void shouldTakePodsAgainAndTellOnceIfItsWorkflowIsTerminatedDuringTheDrain() {
        // given
        HostFixture fixture = bed.newHost("halted");
        bed.boot(fixture, Fault.NONE);
        bed.request(fixture);
        JoinSucceeded first = bed.outcomes().awaitOutcome(fixture.node(), JoinSucceeded.class);
        bed.externalActor().runProtectedPod(fixture.node());
        bed.requests().send(leave(fixture, null, null), SharedBed.recordKey(fixture.node()));
        bed.histories().awaitPhase(fixture.node(), Phase.Cordoned);

        // when
        bed.histories().terminate(fixture.node());

        // then
        LeaveFailed failed = bed.outcomes().awaitSecondOutcome(fixture.node(), LeaveFailed.class);
        assertThat(failed.reason()).isEqualTo(ErrorCode.TERMINATED);
        assertThat(failed.residue()).isEmpty();
        assertThat(failed.phases())
                .extracting(PhaseTime::phase)
                .containsExactly(Phase.Requested, Phase.Cordoned, Phase.Failed);
        assertThat(told(failed)).isLessThan(PROMISED);
        assertThat(bed.cluster().ready(fixture.node())).containsExactly(first.nodeUid());
        assertThat(bed.cluster().isCordoned(fixture.node())).isFalse();
        bed.externalActor().unprotect(fixture.node());
        leavesAgain(fixture, null);
    }

    @Test
    @Tag("full")
    @Execution(ExecutionMode.CONCURRENT)
    void shouldNameWhatIsLeftIfItsWorkflowIsTerminatedAfterTheDrainAndFinishWhenAskedAgain() {
        // given a host whose agent does not come, so that its leave waits for it once the node is drained
        HostFixture fixture = bed.newHost("stuck");
        SimulatedHost host = bed.boot(fixture, Fault.NONE);
        bed.request(fixture);
        JoinSucceeded first = bed.outcomes().awaitOutcome(fixture.node(), JoinSucceeded.class);
        host.close();
        bed.requests().send(leave(fixture, null, null), SharedBed.recordKey(fixture.node()));
        bed.histories().awaitPhase(fixture.node(), Phase.Drained);

        // when
        bed.histories().terminate(fixture.node());

        // then
        LeaveFailed failed = bed.outcomes().awaitSecondOutcome(fixture.node(), LeaveFailed.class);
        assertThat(failed.reason()).isEqualTo(ErrorCode.TERMINATED);
        assertThat(failed.residue())
                .satisfiesExactly(
                        left -> assertThat(left).startsWith("Host: "),
                        left -> assertThat(left).startsWith("Node: ").contains(first.nodeUid()));
        assertThat(told(failed)).isLessThan(PROMISED);
        assertThat(bed.cluster().isCordoned(fixture.node())).isTrue();
        leavesAgain(fixture, true);
    }

    /** From the last thing that the leave itself did until its outcome. */
    private static Duration told(LeaveFailed failed) {
        return Duration.between(
                failed.phases().get(failed.phases().size() - 2).at(),
                failed.phases().getLast().at());
    }

    private void leavesAgain(HostFixture fixture, @Nullable Boolean hostGone) {
        bed.requests().send(leave(fixture, null, hostGone), SharedBed.recordKey(fixture.node()));
        bed.outcomes().awaitNthOutcome(3, fixture.node(), LeaveSucceeded.class);
        assertThat(bed.cluster().node(fixture.node())).isEmpty();
    }

    private static LeaveRequested leave(HostFixture fixture, @Nullable Instant deadline, @Nullable Boolean hostGone) {
        return new LeaveRequested(SharedBed.CLUSTER, fixture.node(), deadline, 0, null, hostGone, null);
    }
}
