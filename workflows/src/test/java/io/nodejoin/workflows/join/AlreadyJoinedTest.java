package io.nodejoin.workflows.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.join.JoinFailed;
import io.nodejoin.protocol.join.JoinSucceeded;
import io.nodejoin.protocol.join.PhaseTime;
import io.nodejoin.workflows.node.JoinedNode;
import io.nodejoin.workflows.node.NameState;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class AlreadyJoinedTest {
    @RegisterExtension
    final JoinBed bed = new JoinBed();

    @Test
    void shouldEndAsJoinedAtOnceIfTheNodeOfThisEnrollmentIsReady() {
        // given
        known(JoinBed.SECRET_DIGEST);

        // when
        JoinEnd end = bed.start().end();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
        assertThat(bed.script.effects()).containsExactlyInAnyOrder("ClusterInfo_Ensure", "Node_Inspect");
        assertThat(bed.host.received).isEmpty();
        assertThat(bed.events.of(JoinSucceeded.class)).singleElement().satisfies(outcome -> {
            assertThat(outcome.alreadyJoined()).isTrue();
            assertThat(outcome.nodeUid()).isEqualTo("uid-before");
            assertThat(outcome.phases()).extracting(PhaseTime::phase).containsExactly(Phase.Requested, Phase.Joined);
        });
    }

    @Test
    void shouldNotTellAnybodyElseMoreThanThatTheNameIsInUse() {
        // given
        known("aa".repeat(32));

        // when
        bed.start().end();

        // then
        assertThat(bed.failure().reason()).isEqualTo(ErrorCode.NODE_NAME_IN_USE);
        assertThat(bed.failure().detail()).isEqualTo("a Node named w1 exists");
        assertThat(bed.cluster.nodes).containsKey("w1");
    }

    @Test
    void shouldNoteTheMachineOfTheNodeThatItMade() {
        // given
        bed.startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.cluster.joined.get("w1"))
                .isEqualTo(new JoinedNode(
                        new NodeIdentity(new NodeRef(JoinBed.CLUSTER, JoinBed.NODE), "uid-1"),
                        bed.joinId(),
                        JoinBed.SECRET_DIGEST,
                        JoinBed.KEY,
                        FakeHost.FACTS.machineId(),
                        FakeHost.FACTS.systemUuid(),
                        bed.request().wanted()));
    }

    @Test
    void shouldResetTheHostFirstAndRemoveTheOldNodeLastBeforeTheTokenOfADeclaredRejoin() {
        // given
        known(JoinBed.SECRET_DIGEST);

        // when
        JoinEnd end = bed.rejoining().startWithAgent().end();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
        assertThat(bed.script.effects())
                .containsSubsequence(
                        "Node_MarkReset",
                        "Host_ResetHost",
                        "Host_Preflight",
                        "Host_PrepareHost",
                        "Node_Replace",
                        "Token_Issue",
                        "Host_StartKubelet");
        assertThat(bed.host.received.getFirst().id()).isEqualTo(Assignment.id(bed.joinId(), 0, "ResetHost"));
        assertThat(bed.events.of(JoinSucceeded.class))
                .singleElement()
                .satisfies(outcome -> assertThat(outcome.alreadyJoined()).isNull());
    }

    @Test
    void shouldNotTakeANodeForJoinedWhoseHostADeclaredRejoinHasReset() {
        // given
        known(JoinBed.SECRET_DIGEST);
        bed.script.before("Host_Preflight", () -> {
            bed.notRejoining();
            bed.supersede("event-2", 1);
        });

        // when
        bed.rejoining().startWithAgent().endOfFirst();
        bed.end();

        // then
        assertThat(bed.events.of(JoinSucceeded.class)).isEmpty();
        assertThat(bed.events.of(JoinFailed.class)).singleElement().satisfies(outcome -> {
            assertThat(outcome.joinId()).isEqualTo(bed.joinId("event-2"));
            assertThat(outcome.reason()).isEqualTo(ErrorCode.NODE_NAME_IN_USE);
        });
    }

    @Test
    void shouldIssueNoTokenIfTheOldNodeIsOfAnotherMachine() {
        // given
        known("aa".repeat(32));
        bed.script.answer("Node_Replace", new NameState.Taken("the Node w1 that exists is of another machine"));

        // when
        bed.rejoining().startWithAgent().end();

        // then
        assertThat(bed.failure().reason()).isEqualTo(ErrorCode.NODE_NAME_IN_USE);
        assertThat(bed.cluster.everIssued).isEmpty();
        assertThat(bed.cluster.nodes).containsKey("w1");
    }

    @Test
    void shouldResetTheHostAgainIfADeclaredRejoinFails() {
        // given
        bed.kubeletDoesNotStart("port is taken");

        // when
        bed.once().rejoining().startWithAgent().end();

        // then
        assertThat(bed.host.received)
                .extracting(Assignment::id)
                .contains(Assignment.id(bed.joinId(), 0, "ResetHost"), Assignment.id(bed.joinId(), 1, "ResetHost"));
        assertThat(bed.cluster.leftovers()).isEmpty();
    }

    private void known(String enrollment) {
        NodeRef ref = new NodeRef(JoinBed.CLUSTER, JoinBed.NODE);
        bed.cluster.nodes.put("w1", "uid-before");
        bed.cluster.joined.put(
                "w1",
                new JoinedNode(
                        new NodeIdentity(ref, "uid-before"),
                        JoinId.of("test", "before"),
                        enrollment,
                        JoinBed.KEY,
                        FakeHost.FACTS.machineId(),
                        FakeHost.FACTS.systemUuid(),
                        null));
    }
}
