package io.nodejoin.workflows.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.agent.Finding;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.join.LeaveAccepted;
import io.nodejoin.protocol.join.LeaveFailed;
import io.nodejoin.protocol.join.LeaveRequested;
import io.nodejoin.protocol.join.LeaveSucceeded;
import io.nodejoin.protocol.join.PhaseTime;
import io.nodejoin.workflows.drain.DrainResult;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.node.NameHold;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowUpdateException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeaveTest {
    private static final DrainResult BLOCKED = new DrainResult.Blocked(List.of("default/web-0: no budget"));

    @RegisterExtension
    final JoinBed bed = new JoinBed();

    @Test
    void shouldCordonDrainResetTheHostAndDeleteTheNodeInThisOrder() {
        // given
        bed.hasNode();

        // when
        JoinEnd end = leaveWithAgent(null, null);

        // then
        assertThat(end.phase()).isEqualTo(Phase.Left);
        assertThat(bed.script.effects())
                .containsExactly(
                        "Node_Owner",
                        "Drain_Cordon",
                        "Drain_Evict",
                        "Host_ResetHost",
                        "Serving_Withdraw",
                        "Node_Remove");
        assertThat(bed.cluster.leftovers()).isEmpty();
        assertThat(bed.events.of(LeaveAccepted.class)).hasSize(1);
        assertThat(bed.events.of(LeaveSucceeded.class)).singleElement().satisfies(outcome -> {
            assertThat(outcome.leaveId()).isEqualTo(bed.joinId("leave"));
            assertThat(outcome.nodeUid()).isEqualTo("uid-1");
            assertThat(outcome.residue()).isEmpty();
            assertThat(outcome.phases())
                    .extracting(PhaseTime::phase)
                    .containsExactly(Phase.Requested, Phase.Cordoned, Phase.Drained, Phase.Left);
        });
    }

    @Test
    void shouldHaveNothingToDoWithoutANode() {
        // when
        JoinEnd end = bed.leave(wanted(null, null)).end();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Left);
        assertThat(bed.script.effects()).containsExactly("Node_Owner");
        assertThat(bed.events.of(LeaveSucceeded.class))
                .singleElement()
                .satisfies(outcome -> assertThat(outcome.nodeUid()).isNull());
    }

    @Test
    void shouldNotTouchANodeThatNoJoinMade() {
        // given
        bed.cluster.nodes.put("w1", "uid-of-somebody");

        // when
        bed.leave(wanted(null, null)).end();

        // then
        assertThat(failure().reason()).isEqualTo(ErrorCode.NODE_NOT_OURS);
        assertThat(failure().retryable()).isFalse();
        assertThat(bed.script.effects()).containsExactly("Node_Owner");
    }

    @Test
    void shouldUncordonANodeWhosePodsCannotBeEvicted() {
        // given
        bed.hasNode();
        bed.script.answer("Drain_Evict", BLOCKED);

        // when
        bed.leave(wanted(null, null)).end();

        // then
        assertThat(failure().reason()).isEqualTo(ErrorCode.DRAIN_BLOCKED);
        assertThat(failure().retryAfter()).isBetween(Duration.ofMinutes(1), Duration.ofMinutes(2));
        assertThat(failure().detail()).contains("default/web-0: no budget");
        assertThat(failure().retryable()).isTrue();
        assertThat(bed.cluster.cordoned).isEmpty();
        assertThat(bed.cluster.nodes).containsKey("w1");
        assertThat(bed.host.received).isEmpty();
    }

    @Test
    void shouldLeaveANodeCordonedThatWasSoBefore() {
        // given
        bed.hasNode();
        bed.cluster.cordoned.add("w1");
        bed.script.answer("Drain_Evict", BLOCKED);

        // when
        bed.leave(wanted(null, null)).end();

        // then
        assertThat(bed.cluster.cordoned).contains("w1");
        assertThat(bed.script.effects()).doesNotContain("Drain_Cordon", "Drain_Uncordon");
    }

    @Test
    void shouldLeaveWithThePodsThatCouldNotBeEvictedIfForced() {
        // given
        bed.hasNode();
        bed.script.answer("Drain_Evict", BLOCKED);

        // when
        JoinEnd end = leaveWithAgent(true, null);

        // then
        assertThat(end.phase()).isEqualTo(Phase.Left);
        assertThat(success().residue()).containsExactly("Pod: default/web-0: no budget");
        assertThat(bed.cluster.nodes).isEmpty();
    }

    @Test
    void shouldDeleteTheNodeOfAHostThatIsGoneWithoutWaitingForIt() {
        // given
        bed.hasNode();

        // when
        JoinEnd end = bed.leave(wanted(null, true)).end();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Left);
        assertThat(success().residue()).containsExactly("Host: not reset: the request says that it is gone");
        assertThat(bed.cluster.nodes).isEmpty();
        assertThat(bed.cluster.holds).isEmpty();
    }

    @Test
    void shouldDeleteTheNodeOfASilentHostAndHoldItsNameBack() {
        // given
        bed.hasNode();

        // when
        JoinEnd end = bed.leave(wanted(null, null)).end();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Left);
        assertThat(success().residue())
                .anyMatch(line -> line.startsWith("Host: not reset: its agent did not come"))
                .anyMatch(line -> line.startsWith("Name: "));
        assertThat(Objects.requireNonNull(bed.cluster.holds.get("w1")).machineId())
                .isEqualTo(FakeHost.FACTS.machineId());
        assertThat(bed.cluster.nodes).isEmpty();
    }

    @Test
    void shouldBeginTheEndOfTheWaitForItsHostOnlyWhenAServiceLives() {
        // given
        bed.hasNode();

        // when
        bed.leave(wanted(null, null)).end();

        // then
        assertThat(bed.history().getEvents())
                .filteredOn(HistoryEvent::hasTimerStartedEventAttributes)
                .extracting(event -> event.getTimerStartedEventAttributes()
                        .getStartToFireTimeout()
                        .getSeconds())
                .containsExactly(
                        JoinOptions.AGENT_CONNECTS.minus(JoinOptions.ARREARS).toSeconds(),
                        JoinOptions.ARREARS.toSeconds());
    }

    @Test
    void shouldSayWhatCouldNotBeReset() {
        // given
        bed.hasNode();
        bed.script.answer("Host_ResetHost", FakeHost.failed(ErrorCode.HOST_DISK_FULL, "read-only"));

        // when
        leaveWithAgent(null, null);

        // then
        assertThat(success().residue()).anyMatch(line -> line.contains("HOST_DISK_FULL: read-only"));
        assertThat(bed.cluster.holds).containsKey("w1");
        assertThat(bed.cluster.nodes).isEmpty();
    }

    @Test
    void shouldHoldTheNameOfAHostThatHasNotWipedItsKey() {
        // given
        bed.hasNode();
        Finding hung = new Finding("mounts", Finding.Severity.ERROR, "a mount hangs", "reboot");
        bed.script.answer("Host_ResetHost", new HostResult.HostReset(false, null, List.of(hung)));

        // when
        leaveWithAgent(null, null);

        // then
        NameHold hold = Objects.requireNonNull(bed.cluster.holds.get("w1"));
        assertThat(hold.machineId()).isEqualTo(FakeHost.FACTS.machineId());
        assertThat(success().residue())
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("Host: ").contains("a mount hangs"),
                        line -> assertThat(line).isEqualTo("Name: " + hold.text()));
        assertThat(bed.cluster.nodes).isEmpty();
    }

    @Test
    void shouldNotHoldTheNameOfAHostThatHasWipedItsKeyAndLeavesOtherThings() {
        // given
        bed.hasNode();
        Finding swap = new Finding("swap-file", Finding.Severity.ERROR, "/etc/fstab differs", "restore /etc/fstab");
        bed.script.answer("Host_ResetHost", new HostResult.HostReset(false, FakeCluster.KEY_DIGEST, List.of(swap)));

        // when
        leaveWithAgent(null, null);

        // then
        assertThat(bed.cluster.holds).isEmpty();
        assertThat(success().residue()).singleElement().asString().contains("/etc/fstab differs");
    }

    @Test
    void shouldNotClaimAHoldThatTheClusterRefuses() {
        // given
        bed.hasNode();
        bed.script.failAlways("Node_Hold", FailureType.FORBIDDEN, ErrorCode.CLUSTER_AUTH_FAILED);

        // when
        bed.leave(wanted(null, null)).end();

        // then
        assertThat(success().residue())
                .anyMatch(line -> line.startsWith("Hold back node name w1: CLUSTER_AUTH_FAILED"))
                .noneMatch(line -> line.startsWith("Name:"));
        assertThat(bed.cluster.holds).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Serving_Withdraw", "Node_Remove"})
    void shouldDepartWithTheCredentialThatReplacesOneThatIsRefused(String step) {
        // given
        bed.hasNode();
        refuseThrice(step);

        // when
        JoinEnd end = leaveWithAgent(null, null);

        // then
        assertThat(end.phase()).isEqualTo(Phase.Left);
        assertThat(success().residue()).isEmpty();
        assertThat(bed.cluster.leftovers()).isEmpty();
    }

    @Test
    void shouldUncordonWithTheCredentialThatReplacesOneThatIsRefused() {
        // given
        bed.hasNode();
        bed.script.answer("Drain_Evict", BLOCKED);
        refuseThrice("Drain_Uncordon");

        // when
        bed.leave(wanted(null, null)).end();

        // then
        assertThat(failure().residue()).isEmpty();
        assertThat(bed.cluster.cordoned).isEmpty();
    }

    @Test
    void shouldGiveUpOnceForAllWhatTheClusterRefusesForGood() {
        // given
        bed.hasNode();
        bed.script.failAlways("Serving_Withdraw", FailureType.FORBIDDEN, ErrorCode.CLUSTER_AUTH_FAILED);
        bed.script.failAlways("Node_Remove", FailureType.FORBIDDEN, ErrorCode.CLUSTER_AUTH_FAILED);

        // when
        leaveWithAgent(null, null);

        // then
        assertThat(success().residue())
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("Withdraw node w1").contains("CLUSTER_AUTH_FAILED"),
                        line -> assertThat(line).startsWith("Remove node w1").contains("CLUSTER_AUTH_FAILED"));
        List<PhaseTime> phases = success().phases();
        assertThat(Duration.between(
                        phases.get(phases.size() - 2).at(), phases.getLast().at()))
                .isBetween(JoinOptions.REFUSED_UNDO, JoinOptions.REFUSED_UNDO.plusMinutes(1));
    }

    private void refuseThrice(String step) {
        bed.script.failTimes(3, step, FailureType.FORBIDDEN, ErrorCode.CLUSTER_AUTH_FAILED);
    }

    @Test
    void shouldTakeNoAgentButTheOneOfTheJoinAndKeepNoTraceOfOthers() {
        // given
        bed.hasNode();
        bed.script.before("Drain_Evict", this::guess);
        bed.leave(wanted(null, null));

        // when
        bed.agent();
        bed.end();

        // then
        assertThat(bed.history().getEvents())
                .filteredOn(HistoryEvent::hasWorkflowExecutionUpdateAcceptedEventAttributes)
                .hasSize(1);
    }

    private void guess() {
        assertThatThrownBy(() -> bed.enroll(JoinBed.SECRET_DIGEST, "another-key"))
                .isInstanceOf(WorkflowUpdateException.class)
                .hasStackTraceContaining("ENROLLMENT_REFUSED");
        assertThatThrownBy(() -> bed.enroll("aa".repeat(32), JoinBed.KEY))
                .isInstanceOf(WorkflowUpdateException.class)
                .hasStackTraceContaining("ENROLLMENT_REFUSED");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Drain_Cordon", "Drain_Evict"})
    void shouldTakePodsAgainIfGivenUp(String step) {
        // given
        bed.hasNode();
        bed.script.before(step, bed::abort);

        // when
        bed.leave(wanted(null, null)).end();

        // then
        assertThat(failure().reason()).isEqualTo(ErrorCode.CANCELLED_BY_REQUEST);
        assertThat(bed.cluster.cordoned).isEmpty();
        assertThat(bed.cluster.nodes).containsKey("w1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Drain_Cordon", "Drain_Evict"})
    void shouldEndOnceWhenAStepFailsAfterItsEffect(String step) {
        // given
        bed.hasNode();
        bed.script.failAfterEffect(step, FailureType.FORBIDDEN, ErrorCode.CLUSTER_AUTH_FAILED);

        // when
        bed.leave(wanted(null, null)).end();

        // then
        assertThat(failure().reason()).isEqualTo(ErrorCode.CLUSTER_AUTH_FAILED);
        assertThat(bed.cluster.cordoned).isEmpty();
    }

    @Test
    void shouldGiveWayToANewerJoinUntilItIsDrained() {
        // given
        bed.hasNode();
        bed.script.before("Drain_Evict", () -> bed.supersede("event-2", 1));

        // when
        JoinEnd end = bed.leave(wanted(null, null)).end();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
        assertThat(failure().reason()).isEqualTo(ErrorCode.SUPERSEDED);
        assertThat(bed.cluster.cordoned).isEmpty();
        assertThat(bed.cluster.nodes).containsEntry("w1", "uid-1");
    }

    @Test
    void shouldFinishFirstIfTheNewerRequestComesAfterTheDrain() {
        // given
        bed.hasNode();
        bed.script.before("Node_Remove", () -> bed.supersede("event-2", 1));

        // when
        bed.leave(wanted(null, true)).endOfFirst();

        // then
        assertThat(success().nodeUid()).isEqualTo("uid-1");
        assertThat(bed.running().progress().joinId()).isEqualTo(bed.joinId("event-2"));
    }

    @Test
    void shouldRefuseToGiveUpALeaveWhoseNodeIsDrained() {
        // given
        bed.hasNode();
        bed.leave(wanted(null, null));
        await().until(() -> bed.running().progress().phase() == Phase.Drained);

        // then
        assertThatThrownBy(bed::abort)
                .isInstanceOf(WorkflowUpdateException.class)
                .hasStackTraceContaining("COMMAND_STALE");
    }

    private JoinEnd leaveWithAgent(@Nullable Boolean force, @Nullable Boolean hostGone) {
        bed.leave(wanted(force, hostGone));
        JoinId bound = bed.agent();
        assertThat(bound).isEqualTo(bed.joinId("leave"));
        return bed.end();
    }

    private LeaveFailed failure() {
        return bed.events.of(LeaveFailed.class).getFirst();
    }

    private LeaveSucceeded success() {
        return bed.events.of(LeaveSucceeded.class).getFirst();
    }

    private static LeaveRequested wanted(@Nullable Boolean force, @Nullable Boolean hostGone) {
        return new LeaveRequested(JoinBed.CLUSTER, JoinBed.NODE, null, null, force, hostGone);
    }
}
