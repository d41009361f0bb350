package io.nodejoin.workflows.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.workflows.lifecycle.JoinResult;
import io.nodejoin.workflows.node.JoinedNode;
import io.nodejoin.workflows.node.NameAvailability;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class AlreadyJoinedTest {
    @RegisterExtension
    final WorkflowFixture fixture = new WorkflowFixture();

    @Test
    void shouldEndAsJoinedImmediatelyIfTheNodeOfThisEnrollmentIsReady() {
        // given
        known(WorkflowFixture.SECRET_DIGEST);

        // when
        JoinResult end = fixture.start().awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
        assertThat(fixture.script.effects()).containsExactlyInAnyOrder("ClusterInfo_Ensure", "Node_CheckName");
        assertThat(fixture.host.received).isEmpty();
        assertThat(fixture.events.ofType(JoinSucceeded.class)).singleElement().satisfies(outcome -> {
            assertThat(outcome.alreadyJoined()).isTrue();
            assertThat(outcome.nodeUid()).isEqualTo("uid-before");
            assertThat(outcome.phases()).extracting(PhaseTime::phase).containsExactly(Phase.Requested, Phase.Joined);
        });
    }

    @Test
    void shouldReportOnlyThatTheNameIsInUseToAnybodyElse() {
        // given
        known("aa".repeat(32));

        // when
        fixture.start().awaitResult();

        // then
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.NODE_NAME_IN_USE);
        assertThat(fixture.failure().detail()).isEqualTo("a Node named w1 exists");
        assertThat(fixture.cluster.nodes).containsKey("w1");
    }

    @Test
    void shouldRecordTheMachineOfTheNodeThatItCreated() {
        // given
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.cluster.joinedNodes.get("w1"))
                .isEqualTo(new JoinedNode(
                        new NodeIdentity(new NodeRef(WorkflowFixture.CLUSTER, WorkflowFixture.NODE), "uid-1"),
                        fixture.joinId(),
                        WorkflowFixture.SECRET_DIGEST,
                        WorkflowFixture.KEY,
                        FakeHost.FACTS.machineId(),
                        FakeHost.FACTS.systemUuid(),
                        fixture.request().spec()));
    }

    @Test
    void shouldResetTheHostFirstAndDeleteTheOldNodeLastBeforeTheTokenOfADeclaredRejoin() {
        // given
        known(WorkflowFixture.SECRET_DIGEST);

        // when
        JoinResult end = fixture.withRejoin().startWithAgent().awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
        assertThat(fixture.script.effects())
                .containsSubsequence(
                        "Node_MarkReset",
                        "Host_ResetHost",
                        "Host_Preflight",
                        "Host_PrepareHost",
                        "Node_FreeName",
                        "Token_Issue",
                        "Host_StartKubelet");
        assertThat(fixture.host.received.getFirst().id()).isEqualTo(Assignment.id(fixture.joinId(), 0, "ResetHost"));
        assertThat(fixture.events.ofType(JoinSucceeded.class))
                .singleElement()
                .satisfies(outcome -> assertThat(outcome.alreadyJoined()).isNull());
    }

    @Test
    void shouldNotReportANodeAsJoinedWhoseHostADeclaredRejoinHasReset() {
        // given
        known(WorkflowFixture.SECRET_DIGEST);
        fixture.script.before("Host_Preflight", () -> {
            fixture.withoutRejoin();
            fixture.supersede("event-2", 1);
        });

        // when
        fixture.withRejoin().startWithAgent().awaitFirstRunClosed();
        fixture.awaitResult();

        // then
        assertThat(fixture.events.ofType(JoinSucceeded.class)).isEmpty();
        assertThat(fixture.events.ofType(JoinFailed.class)).singleElement().satisfies(outcome -> {
            assertThat(outcome.joinId()).isEqualTo(fixture.joinId("event-2"));
            assertThat(outcome.reason()).isEqualTo(ErrorCode.NODE_NAME_IN_USE);
        });
    }

    @Test
    void shouldIssueNoTokenIfTheOldNodeIsOfAnotherMachine() {
        // given
        known("aa".repeat(32));
        fixture.script.answer(
                "Node_FreeName", new NameAvailability.Taken("the Node w1 that exists is of another machine"));

        // when
        fixture.withRejoin().startWithAgent().awaitResult();

        // then
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.NODE_NAME_IN_USE);
        assertThat(fixture.cluster.everIssued).isEmpty();
        assertThat(fixture.cluster.nodes).containsKey("w1");
    }

    @Test
    void shouldResetTheHostAgainIfADeclaredRejoinFails() {
        // given
        fixture.failKubeletStart("port is taken");

        // when
        fixture.withoutRetry().withRejoin().startWithAgent().awaitResult();

        // then
        assertThat(fixture.host.received)
                .extracting(Assignment::id)
                .contains(
                        Assignment.id(fixture.joinId(), 0, "ResetHost"),
                        Assignment.id(fixture.joinId(), 1, "ResetHost"));
        assertThat(fixture.cluster.leftovers()).isEmpty();
    }

    private void known(String enrollment) {
        NodeRef ref = new NodeRef(WorkflowFixture.CLUSTER, WorkflowFixture.NODE);
        fixture.cluster.nodes.put("w1", "uid-before");
        fixture.cluster.joinedNodes.put(
                "w1",
                new JoinedNode(
                        new NodeIdentity(ref, "uid-before"),
                        JoinId.of("test", "before"),
                        enrollment,
                        WorkflowFixture.KEY,
                        FakeHost.FACTS.machineId(),
                        FakeHost.FACTS.systemUuid(),
                        null));
    }
}
