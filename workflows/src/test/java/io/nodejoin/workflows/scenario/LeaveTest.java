package io.nodejoin.workflows.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.agent.Finding;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.event.LeaveAccepted;
import io.nodejoin.protocol.event.LeaveFailed;
import io.nodejoin.protocol.event.LeaveRequested;
import io.nodejoin.protocol.event.LeaveSucceeded;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.workflows.drain.DrainResult;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.lifecycle.JoinResult;
import io.nodejoin.workflows.lifecycle.MemoKeys;
import io.nodejoin.workflows.node.NameQuarantine;
import io.nodejoin.workflows.temporal.StepOptions;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowUpdateException;
import java.time.Duration;
import java.util.ArrayList;
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
    final WorkflowFixture fixture = new WorkflowFixture();

    @Test
    void shouldCordonDrainResetTheHostAndDeleteTheNodeInThisOrder() {
        // given
        fixture.addJoinedNode();

        // when
        JoinResult end = leaveWithAgent(null, null);

        // then
        assertThat(end.phase()).isEqualTo(Phase.Left);
        assertThat(fixture.script.effects())
                .containsExactly(
                        "Node_FindOwner",
                        "Drain_Cordon",
                        "Drain_Evict",
                        "Host_ResetHost",
                        "ServingCertificate_DisallowSans",
                        "Node_Delete");
        assertThat(fixture.cluster.leftovers()).isEmpty();
        assertThat(fixture.memo(MemoKeys.ENROLLMENT)).isEqualTo(WorkflowFixture.SECRET_DIGEST);
        assertThat(fixture.events.ofType(LeaveAccepted.class)).hasSize(1);
        assertThat(fixture.events.ofType(LeaveSucceeded.class)).singleElement().satisfies(outcome -> {
            assertThat(outcome.leaveId()).isEqualTo(fixture.joinId("leave"));
            assertThat(outcome.nodeUid()).isEqualTo("uid-1");
            assertThat(outcome.residue()).isEmpty();
            assertThat(outcome.phases())
                    .extracting(PhaseTime::phase)
                    .containsExactly(Phase.Requested, Phase.Cordoned, Phase.Drained, Phase.Left);
        });
    }

    @Test
    void shouldSucceedWithoutANode() {
        // when
        JoinResult end = fixture.leave(wanted(null, null)).awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Left);
        assertThat(fixture.script.effects()).containsExactly("Node_FindOwner");
        assertThat(fixture.events.ofType(LeaveSucceeded.class))
                .singleElement()
                .satisfies(outcome -> assertThat(outcome.nodeUid()).isNull());
    }

    @Test
    void shouldNotChangeAnUnmanagedNode() {
        // given
        fixture.cluster.nodes.put("w1", "uid-of-somebody");

        // when
        fixture.leave(wanted(null, null)).awaitResult();

        // then
        assertThat(failure().reason()).isEqualTo(ErrorCode.NODE_NOT_MANAGED);
        assertThat(failure().retryable()).isFalse();
        assertThat(fixture.script.effects()).containsExactly("Node_FindOwner");
    }

    @ParameterizedTest
    @ValueSource(strings = {"web", ""})
    void shouldNotChangeANodeOfAnotherPoolOrOfNone(String pool) {
        // given
        (pool.isEmpty() ? fixture : fixture.withPool(pool)).addJoinedNode();

        // when
        fixture.leave(ofPool("batch")).awaitResult();

        // then
        assertThat(failure().reason()).isEqualTo(ErrorCode.NODE_NOT_IN_POOL);
        assertThat(failure().pool()).isEqualTo(new PoolName("batch"));
        assertThat(fixture.script.effects()).containsExactly("Node_FindOwner");
    }

    @Test
    void shouldLeaveIfTheNodeIsOfThePoolThatTheRequestNames() {
        // given
        fixture.withPool("batch").addJoinedNode();

        // when
        fixture.leave(ofPool("batch"));
        fixture.connectAgent();
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Left);
        assertThat(success().pool()).isEqualTo(new PoolName("batch"));
    }

    @Test
    void shouldUncordonANodeWhosePodsCannotBeEvicted() {
        // given
        fixture.addJoinedNode();
        fixture.script.answer("Drain_Evict", BLOCKED);

        // when
        fixture.leave(wanted(null, null)).awaitResult();

        // then
        assertThat(failure().reason()).isEqualTo(ErrorCode.DRAIN_BLOCKED);
        assertThat(failure().retryAfter()).isBetween(Duration.ofMinutes(1), Duration.ofMinutes(2));
        assertThat(failure().detail()).contains("default/web-0: no budget");
        assertThat(failure().retryable()).isTrue();
        assertThat(fixture.cluster.cordoned).isEmpty();
        assertThat(fixture.cluster.nodes).containsKey("w1");
        assertThat(fixture.host.received).isEmpty();
    }

    @Test
    void shouldKeepANodeCordonedThatWasCordonedBefore() {
        // given
        fixture.addJoinedNode();
        fixture.cluster.cordoned.add("w1");
        fixture.script.answer("Drain_Evict", BLOCKED);

        // when
        fixture.leave(wanted(null, null)).awaitResult();

        // then
        assertThat(fixture.cluster.cordoned).contains("w1");
        assertThat(fixture.script.effects()).doesNotContain("Drain_Cordon", "Drain_Uncordon");
    }

    @Test
    void shouldLeaveAndReportThePodsThatCouldNotBeEvictedIfForced() {
        // given
        fixture.addJoinedNode();
        fixture.script.answer("Drain_Evict", BLOCKED);

        // when
        JoinResult end = leaveWithAgent(true, null);

        // then
        assertThat(end.phase()).isEqualTo(Phase.Left);
        assertThat(success().residue()).containsExactly("Pod: default/web-0: no budget");
        assertThat(fixture.cluster.nodes).isEmpty();
    }

    @Test
    void shouldDeleteTheNodeOfAHostThatIsGoneWithoutWaitingForIt() {
        // given
        fixture.addJoinedNode();

        // when
        JoinResult end = fixture.leave(wanted(null, true)).awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Left);
        assertThat(success().residue()).containsExactly("Host: not reset: the request says that it is gone");
        assertThat(fixture.cluster.nodes).isEmpty();
        assertThat(fixture.cluster.quarantines).isEmpty();
    }

    @Test
    void shouldLeaveAloneTheNodeOfAHostThatIsSaidToBeGoneButLives() {
        // given
        fixture.addJoinedNode();
        fixture.cluster.alive.add(WorkflowFixture.NODE.value());

        // when
        JoinResult end = fixture.leave(wanted(true, true)).awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Failed);
        assertThat(failure().reason()).isEqualTo(ErrorCode.HOST_NOT_GONE);
        assertThat(fixture.cluster.nodes).containsKey(WorkflowFixture.NODE.value());
        assertThat(fixture.cluster.cordoned).isEmpty();
    }

    @Test
    void shouldDeleteTheNodeOfASilentHostAndQuarantineItsName() {
        // given
        fixture.addJoinedNode();

        // when
        JoinResult end = fixture.leave(wanted(null, null)).awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Left);
        assertThat(success().residue())
                .anyMatch(line -> line.startsWith("Host: not reset: its agent did not connect"))
                .anyMatch(line -> line.startsWith("Name: "));
        assertThat(Objects.requireNonNull(fixture.cluster.quarantines.get("w1")).machineId())
                .isEqualTo(FakeHost.FACTS.machineId());
        assertThat(fixture.cluster.nodes).isEmpty();
    }

    @Test
    void shouldStartTheLastPartOfTheAgentTimeoutOnlyWhileAServiceRuns() {
        // given
        fixture.addJoinedNode();

        // when
        fixture.leave(wanted(null, null)).awaitResult();

        // then
        assertThat(fixture.history().getEvents())
                .filteredOn(HistoryEvent::hasTimerStartedEventAttributes)
                .extracting(event -> event.getTimerStartedEventAttributes()
                        .getStartToFireTimeout()
                        .getSeconds())
                .containsExactly(
                        StepOptions.AGENT_CONNECT_TIMEOUT
                                .minus(StepOptions.CATCH_UP_TIME)
                                .toSeconds(),
                        StepOptions.CATCH_UP_TIME.toSeconds());
    }

    @Test
    void shouldReportWhatCouldNotBeReset() {
        // given
        fixture.addJoinedNode();
        fixture.script.answer("Host_ResetHost", FakeHost.failed(ErrorCode.HOST_DISK_FULL, "read-only"));

        // when
        leaveWithAgent(null, null);

        // then
        assertThat(success().residue()).anyMatch(line -> line.contains("HOST_DISK_FULL: read-only"));
        assertThat(fixture.cluster.quarantines).containsKey("w1");
        assertThat(fixture.cluster.nodes).isEmpty();
    }

    @Test
    void shouldQuarantineTheNameOfAHostThatHasNotWipedItsKey() {
        // given
        fixture.addJoinedNode();
        Finding hung = new Finding("mounts", Finding.Severity.ERROR, "a mount hangs", "reboot");
        fixture.script.answer("Host_ResetHost", new HostResult.HostReset(false, null, List.of(hung)));

        // when
        leaveWithAgent(null, null);

        // then
        NameQuarantine quarantine = Objects.requireNonNull(fixture.cluster.quarantines.get("w1"));
        assertThat(quarantine.machineId()).isEqualTo(FakeHost.FACTS.machineId());
        assertThat(success().residue())
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("Host: ").contains("a mount hangs"),
                        line -> assertThat(line).isEqualTo("Name: " + quarantine.describe()));
        assertThat(fixture.cluster.nodes).isEmpty();
    }

    @Test
    void shouldNotQuarantineTheNameOfAHostThatHasWipedItsKeyButHasResidue() {
        // given
        fixture.addJoinedNode();
        Finding swap = new Finding("swap-file", Finding.Severity.ERROR, "/etc/fstab differs", "restore /etc/fstab");
        fixture.script.answer("Host_ResetHost", new HostResult.HostReset(false, FakeCluster.KEY_DIGEST, List.of(swap)));

        // when
        leaveWithAgent(null, null);

        // then
        assertThat(fixture.cluster.quarantines).isEmpty();
        assertThat(success().residue()).singleElement().asString().contains("/etc/fstab differs");
    }

    @Test
    void shouldNotReportAQuarantineThatTheClusterRejected() {
        // given
        fixture.addJoinedNode();
        fixture.script.failAlways("Node_QuarantineName", FailureType.FORBIDDEN, ErrorCode.CLUSTER_AUTH_FAILED);

        // when
        fixture.leave(wanted(null, null)).awaitResult();

        // then
        assertThat(success().residue())
                .anyMatch(line -> line.startsWith("Quarantine node name w1: CLUSTER_AUTH_FAILED"))
                .noneMatch(line -> line.startsWith("Name:"));
        assertThat(fixture.cluster.quarantines).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ServingCertificate_DisallowSans", "Node_Delete"})
    void shouldDeleteTheNodeOnceARotatedCredentialIsAccepted(String step) {
        // given
        fixture.addJoinedNode();
        refuseThrice(step);

        // when
        JoinResult end = leaveWithAgent(null, null);

        // then
        assertThat(end.phase()).isEqualTo(Phase.Left);
        assertThat(success().residue()).isEmpty();
        assertThat(fixture.cluster.leftovers()).isEmpty();
    }

    @Test
    void shouldUncordonOnceARotatedCredentialIsAccepted() {
        // given
        fixture.addJoinedNode();
        fixture.script.answer("Drain_Evict", BLOCKED);
        refuseThrice("Drain_Uncordon");

        // when
        fixture.leave(wanted(null, null)).awaitResult();

        // then
        assertThat(failure().residue()).isEmpty();
        assertThat(fixture.cluster.cordoned).isEmpty();
    }

    @Test
    void shouldSpendTheUnauthorizedRetryTimeOnlyOnceForAllCompensations() {
        // given
        fixture.addJoinedNode();
        fixture.script.failAlways(
                "ServingCertificate_DisallowSans", FailureType.FORBIDDEN, ErrorCode.CLUSTER_AUTH_FAILED);
        fixture.script.failAlways("Node_Delete", FailureType.FORBIDDEN, ErrorCode.CLUSTER_AUTH_FAILED);

        // when
        leaveWithAgent(null, null);

        // then
        assertThat(success().residue())
                .satisfiesExactly(
                        line -> assertThat(line)
                                .startsWith("Disallow serving SANs of node w1")
                                .contains("CLUSTER_AUTH_FAILED"),
                        line -> assertThat(line).startsWith("Delete node w1").contains("CLUSTER_AUTH_FAILED"));
        List<PhaseTime> phases = success().phases();
        assertThat(Duration.between(
                        phases.get(phases.size() - 2).at(), phases.getLast().at()))
                .isBetween(StepOptions.UNAUTHORIZED_RETRY_TIME, StepOptions.UNAUTHORIZED_RETRY_TIME.plusMinutes(1));
    }

    private void refuseThrice(String step) {
        fixture.script.failTimes(3, step, FailureType.FORBIDDEN, ErrorCode.CLUSTER_AUTH_FAILED);
    }

    @Test
    void shouldAcceptOnlyTheAgentOfTheJoinAndKeepNoTraceOfOthers() {
        // given
        fixture.addJoinedNode();
        fixture.script.before("Drain_Evict", this::guess);
        fixture.leave(wanted(null, null));

        // when
        fixture.connectAgent();
        fixture.awaitResult();

        // then
        assertThat(fixture.history().getEvents())
                .filteredOn(HistoryEvent::hasWorkflowExecutionUpdateAcceptedEventAttributes)
                .hasSize(1);
    }

    private void guess() {
        assertThatThrownBy(() -> fixture.enroll(WorkflowFixture.SECRET_DIGEST, "another-key"))
                .isInstanceOf(WorkflowUpdateException.class)
                .hasStackTraceContaining("ENROLLMENT_REFUSED");
        assertThatThrownBy(() -> fixture.enroll("aa".repeat(32), WorkflowFixture.KEY))
                .isInstanceOf(WorkflowUpdateException.class)
                .hasStackTraceContaining("ENROLLMENT_REFUSED");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Drain_Cordon", "Drain_Evict"})
    void shouldUncordonIfAborted(String step) {
        // given
        fixture.addJoinedNode();
        fixture.script.before(step, fixture::abort);

        // when
        fixture.leave(wanted(null, null)).awaitResult();

        // then
        assertThat(failure().reason()).isEqualTo(ErrorCode.CANCELLED_BY_REQUEST);
        assertThat(fixture.cluster.cordoned).isEmpty();
        assertThat(fixture.cluster.nodes).containsKey("w1");
    }

    @Test
    void shouldUncordonOnlyAfterTheLastEviction() {
        // given
        fixture.addJoinedNode();
        List<String> callsDuringTheDrain = new ArrayList<>();
        fixture.script.before("Drain_Evict", () -> {
            fixture.abort();
            fixture.sleep(Duration.ofSeconds(10));
            callsDuringTheDrain.addAll(fixture.script.calls());
        });

        // when
        fixture.leave(wanted(null, null)).awaitResult();

        // then
        assertThat(failure().reason()).isEqualTo(ErrorCode.CANCELLED_BY_REQUEST);
        assertThat(callsDuringTheDrain).contains("Drain_Evict").doesNotContain("Drain_Uncordon");
        assertThat(fixture.cluster.cordoned).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Drain_Cordon", "Drain_Evict"})
    void shouldUncordonIfAStepFailsAfterItsEffect(String step) {
        // given
        fixture.addJoinedNode();
        fixture.script.failAfterEffect(step, FailureType.FORBIDDEN, ErrorCode.CLUSTER_AUTH_FAILED);

        // when
        fixture.leave(wanted(null, null)).awaitResult();

        // then
        assertThat(failure().reason()).isEqualTo(ErrorCode.CLUSTER_AUTH_FAILED);
        assertThat(fixture.cluster.cordoned).isEmpty();
    }

    @Test
    void shouldBeSupersededByANewerJoinUntilItIsDrained() {
        // given
        fixture.addJoinedNode();
        fixture.script.before("Drain_Evict", () -> fixture.supersede("event-2", 1));

        // when
        JoinResult end = fixture.leave(wanted(null, null)).awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
        assertThat(failure().reason()).isEqualTo(ErrorCode.SUPERSEDED);
        assertThat(fixture.cluster.cordoned).isEmpty();
        assertThat(fixture.cluster.nodes).containsEntry("w1", "uid-1");
    }

    @Test
    void shouldFinishFirstIfTheNewerRequestArrivesAfterTheDrain() {
        // given
        fixture.addJoinedNode();
        fixture.script.before("Node_Delete", () -> fixture.supersede("event-2", 1));

        // when
        fixture.leave(wanted(null, true)).awaitFirstRunClosed();

        // then
        assertThat(success().nodeUid()).isEqualTo("uid-1");
        assertThat(fixture.workflow().progress().joinId()).isEqualTo(fixture.joinId("event-2"));
    }

    @Test
    void shouldRejectTheAbortOfALeaveWhoseNodeIsDrained() {
        // given
        fixture.addJoinedNode();
        fixture.leave(wanted(null, null));
        fixture.await(() -> fixture.workflow().progress().phase() == Phase.Drained);

        // then
        assertThatThrownBy(fixture::abort)
                .isInstanceOf(WorkflowUpdateException.class)
                .hasStackTraceContaining("NOT_ABORTABLE");
    }

    private JoinResult leaveWithAgent(@Nullable Boolean force, @Nullable Boolean hostGone) {
        fixture.leave(wanted(force, hostGone));
        JoinId bound = fixture.connectAgent();
        assertThat(bound).isEqualTo(fixture.joinId("leave"));
        return fixture.awaitResult();
    }

    private LeaveFailed failure() {
        return fixture.events.ofType(LeaveFailed.class).getFirst();
    }

    private LeaveSucceeded success() {
        return fixture.events.ofType(LeaveSucceeded.class).getFirst();
    }

    private static LeaveRequested ofPool(String pool) {
        return new LeaveRequested(
                WorkflowFixture.CLUSTER, WorkflowFixture.NODE, null, null, null, null, new PoolName(pool));
    }

    private static LeaveRequested wanted(@Nullable Boolean force, @Nullable Boolean hostGone) {
        return new LeaveRequested(WorkflowFixture.CLUSTER, WorkflowFixture.NODE, null, null, force, hostGone, null);
    }
}
