package io.nodejoin.workflows.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.lifecycle.JoinResult;
import io.nodejoin.workflows.node.CreatedNodeRef;
import io.nodejoin.workflows.node.NameAvailability;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.node.NodeState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Nodes that joins create before their kubelets start. */
class CreatedNodeTest {
    @RegisterExtension
    final WorkflowFixture fixture = new WorkflowFixture();

    @Test
    void shouldCreateTheNodeOfAPreparedHostBeforeItsToken() {
        // given
        fixture.startWithAgent();

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
        assertThat(fixture.script.effects())
                .containsSubsequence("Host_PrepareHost", "Node_Create", "Token_Issue", "Host_StartKubelet");
        assertThat(fixture.cluster.joiningNodes).isEmpty();
    }

    @Test
    void shouldLetTheApproverTakeTheCreatedNodeForItsOwn() {
        // given
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.cluster.csrDecisions)
                .allSatisfy(decision -> assertThat(decision.createdNodeUid()).isEqualTo("uid-1"));
    }

    @Test
    void shouldLeaveTheNodeToTheKubeletIfTheClusterSaysSo() {
        // given
        fixture.withNodeOfKubelet().startWithAgent();

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
        assertThat(fixture.script.effects()).doesNotContain("Node_Create");
    }

    @Test
    void shouldDeleteTheNodeThatNoKubeletHasTouchedWithoutQuarantine() {
        // given
        fixture.script.failAlways("Token_Issue", FailureType.FORBIDDEN, ErrorCode.CLUSTER_AUTH_FAILED);
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.script.effects()).contains("Node_Create", "Node_Delete");
        assertThat(fixture.cluster.quarantines).isEmpty();
        assertThat(fixture.cluster.leftovers()).isEmpty();
    }

    @Test
    void shouldDeleteTheNodeOfAnAttemptThatNeverHeardOfIt() {
        // given
        fixture.script.failAfterEffect("Node_Create", FailureType.FORBIDDEN, ErrorCode.CLUSTER_AUTH_FAILED);
        fixture.withoutRetry().startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.script.effects()).contains("Node_DeleteCreated");
        assertThat(fixture.cluster.leftovers()).isEmpty();
    }

    @Test
    void shouldFindItsNodeAgainAfterALostAnswer() {
        // given
        fixture.script.loseAnswer("Node_Create");
        fixture.startWithAgent();

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
        assertThat(fixture.cluster.nodeCreations).hasSize(2);
    }

    @Test
    void shouldFailIfAnotherNodeHasTakenTheNameMeanwhile() {
        // given
        fixture.script.before("Node_Create", () -> fixture.cluster.nodes.put("w1", "uid-of-another"));
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.NODE_NAME_IN_USE);
        assertThat(fixture.cluster.everIssued).isEmpty();
        assertThat(fixture.cluster.nodes).containsEntry("w1", "uid-of-another");
    }

    @Test
    void shouldDeleteTheCreatedNodeOfAFailedAttemptAfterItsKubeletIsStopped() {
        // given
        fixture.script.scriptNext(
                "Node_AwaitReady",
                _ -> new NodeState.Failed(new Problem(ErrorCode.NODE_NOT_READY, "no network plugin")));
        fixture.withoutRetry().startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.script.effects()).containsSubsequence("Host_ResetHost", "Node_Delete");
        assertThat(fixture.cluster.leftovers()).isEmpty();
    }

    @Test
    void shouldCreateAnotherNodeInAnotherAttempt() {
        // given
        fixture.failKubeletStart("port 10250 is taken").startWithAgent();

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
        assertThat(fixture.cluster.nodeCreations)
                .extracting(creation -> creation.ref().attempt())
                .containsExactly(1, 2);
    }

    @Test
    void shouldWaitUntilTheGarbageCollectorHasDeletedTheNodeOfALostJoin() {
        // given
        fixture.script.answer("Node_CheckName", new NameAvailability.NodeRemaining("a Node of a lost join exists"));
        fixture.startWithAgent();

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
    }

    @Test
    void shouldFailIfTheNodeOfAnotherJoinRemains() {
        // given
        JoinId other = JoinId.of("test", "another");
        fixture.cluster.nodes.put("w1", "uid-of-another");
        fixture.cluster.joiningNodes.put(
                "w1", new CreatedNodeRef(new NodeRef(WorkflowFixture.CLUSTER, WorkflowFixture.NODE), other, 1));
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.NODE_NAME_IN_USE);
        assertThat(fixture.failure().detail()).contains(other.value());
    }
}
