package io.nodejoin.service.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nodejoin.activities.kubernetes.outbox.PendingOutcome;
import io.nodejoin.activities.kubernetes.token.TokenLedger;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.workflows.cleanup.CleanupRequest;
import io.nodejoin.workflows.cleanup.OrphanState;
import io.nodejoin.workflows.cleanup.OwedOutcome;
import io.nodejoin.workflows.csr.JoinCertificates;
import io.nodejoin.workflows.event.OutcomeEvent;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.node.NodeState;
import io.temporal.failure.ApplicationFailure;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OrphanInspectorTest {
    private static final Instant CLOSED_AT = FakeClusterOrphans.NOW.plusSeconds(9);
    private static final WorkflowStatus.Closed TERMINATED = terminated(WorkflowStatus.Joined.NO, Phase.AgentConnected);
    private static final WorkflowStatus.Closed LOST = new WorkflowStatus.Closed(
            "is no longer in Temporal", List.of(), WorkflowStatus.OutcomeState.PENDING, WorkflowStatus.Joined.UNKNOWN);
    private static final OutcomeEvent DECIDED = new OutcomeEvent(
            "decided",
            FakeClusterOrphans.CLUSTER,
            "n1",
            FakeClusterOrphans.NOW,
            new JoinSucceeded(
                    FakeClusterOrphans.CLUSTER,
                    new NodeName("n1"),
                    FakeClusterOrphans.joinId("n1"),
                    "uid",
                    List.of(),
                    null,
                    null));

    private final FakeClusterOrphans cluster = new FakeClusterOrphans();
    private WorkflowStatus status = TERMINATED;
    private final OrphanInspector inspector = new OrphanInspector(_ -> cluster, _ -> status);

    @Test
    void shouldFindWhatATerminatedJoinHasLeft() {
        // given
        cluster.addJoin("n1", "aaaaaa");
        cluster.addNode("n1");

        // when
        OrphanState.Orphaned orphan = orphaned();

        // then
        assertThat(orphan.how()).isEqualTo("ended as terminated");
        assertThat(orphan.endedAt()).isEqualTo(CLOSED_AT);
        assertThat(orphan.tokens()).extracting(Object::toString).containsExactly("aaaaaa");
        assertThat(orphan.machineId()).isEqualTo("machine of n1");
        assertThat(orphan.kubeletKeyDigest()).isEqualTo("key of n1");
        assertThat(orphan.host()).isEqualTo(OrphanState.HostReset.NEEDED);
        assertThat(orphan.certificates())
                .isEqualTo(
                        new JoinCertificates.OfToken(cluster.tokens.getFirst().token()));
        assertThat(orphan.node()).isEqualTo(new NodeIdentity(ref("n1"), "uid of n1"));
        assertThat(orphan.remains()).isEmpty();
        assertThat(orphan.owed()).singleElement().satisfies(owed -> {
            assertThat(owed.kind()).isEqualTo(OwedOutcome.Kind.JOIN);
            assertThat(owed.decided()).isNull();
            assertThat(owed.phases()).isEqualTo(TERMINATED.phases());
        });
        assertThat(orphan.isPublished()).isFalse();
    }

    @Test
    void shouldFindTheCertificatesOfTheLastAttemptAloneSinceEarlierOnesHaveCompensatedThemselves() {
        // given
        cluster.addJoin("n1", "aaaaaa");
        TokenLedger.Entry last = cluster.addToken("n1", "bbbbbb", 2);
        status = attempts(2);

        // when
        OrphanState.Orphaned orphan = orphaned();

        // then
        assertThat(orphan.certificates()).isEqualTo(new JoinCertificates.OfToken(last.token()));
        assertThat(orphan.tokens()).extracting(Object::toString).containsExactly("bbbbbb", "aaaaaa");
    }

    @Test
    void shouldFindAllCertificatesOfAJoinWhoseLastTokenIsSpent() {
        // given
        cluster.addJoin("n1", "aaaaaa");
        status = attempts(2);

        // when, then
        assertThat(orphaned().certificates()).isInstanceOf(JoinCertificates.OfJoin.class);
    }

    private static WorkflowStatus.Closed attempts(int number) {
        return new WorkflowStatus.Closed(
                "ended as terminated",
                Collections.nCopies(number, new PhaseTime(Phase.AgentConnected, FakeClusterOrphans.NOW)),
                WorkflowStatus.OutcomeState.PENDING,
                WorkflowStatus.Joined.NO,
                CLOSED_AT);
    }

    static Stream<WorkflowStatus> inCharge() {
        return Stream.of(
                new WorkflowStatus.Running(),
                new WorkflowStatus.OtherNamespace("another"),
                new WorkflowStatus.Unknown("unreadable"));
    }

    @ParameterizedTest
    @MethodSource("inCharge")
    void shouldLeaveARequestToItsWorkflowThatMayRun(WorkflowStatus running) {
        // given
        cluster.addJoin("n1", "aaaaaa");
        status = running;

        // when, then
        assertThat(inspect()).isInstanceOf(OrphanState.InCharge.class);
    }

    @Test
    void shouldFindNothingOfARequestThatTheClusterDoesNotList() {
        // when, then
        assertThat(inspect()).isEqualTo(new OrphanState.InCharge("nothing of it is left"));
    }

    @Test
    void shouldAskAgainWhileTemporalIsAway() {
        // given
        cluster.addJoin("n1", "aaaaaa");
        status = new WorkflowStatus.Unreachable("away");

        // when, then
        assertThatThrownBy(this::inspect)
                .isInstanceOfSatisfying(
                        ApplicationFailure.class,
                        failure -> assertThat(failure.isNonRetryable()).isFalse());
    }

    @Test
    void shouldLeaveAHostAloneThatNoAgentConnectedFrom() {
        // given
        cluster.addJoin("n1", "aaaaaa");
        status = terminated(WorkflowStatus.Joined.NO, Phase.Requested);

        // when, then
        assertThat(orphaned().host()).isEqualTo(OrphanState.HostReset.NOT_NEEDED);
    }

    @Test
    void shouldLeaveAHostAloneThatAnotherRequestHasRunFor() {
        // given
        cluster.addJoin("n1", "aaaaaa");
        status = TERMINATED.whenFollowed();

        // when
        OrphanState.Orphaned orphan = orphaned();

        // then
        assertThat(orphan.host()).isEqualTo(OrphanState.HostReset.NOT_NEEDED);
        assertThat(orphan.remains()).containsExactly("Host: not reset: another request of the node has run since");
    }

    @Test
    void shouldResetTheHostOfAJoinThatTemporalHasLost() {
        // given
        cluster.addJoin("n1", "aaaaaa");
        cluster.addNode("n1");
        status = LOST;

        // when
        OrphanState.Orphaned orphan = orphaned();

        // then
        assertThat(orphan.host()).isEqualTo(OrphanState.HostReset.NEEDED);
        assertThat(orphan.node()).isNotNull();
    }

    @Test
    void shouldTouchNeitherHostNorReadyNodeOfAJoinThatTemporalHasLost() {
        // given
        cluster.addJoin("n1", "aaaaaa");
        cluster.addNode("n1");
        cluster.ready.add(FakeClusterOrphans.joinId("n1"));
        status = LOST;

        // when
        OrphanState.Orphaned orphan = orphaned();

        // then
        assertThat(orphan.host()).isEqualTo(OrphanState.HostReset.NOT_NEEDED);
        assertThat(orphan.node()).isNull();
        assertThat(orphan.certificates()).isNull();
        assertThat(orphan.remains())
                .singleElement()
                .asString()
                .startsWith("Node: n1 with UID uid of n1 was Ready and stays");
    }

    @Test
    void shouldTouchNeitherNodeNorNameIfNothingProvesThatTheJoinCreatedIt() {
        // given
        cluster.addJoin("n1", "aaaaaa");
        cluster.nodes.put("n1", new NodeState.Registered("uid", FakeClusterOrphans.NOW));

        // when
        OrphanState.Orphaned orphan = orphaned();

        // then
        assertThat(orphan.node()).isNull();
        assertThat(orphan.certificates()).isNull();
        assertThat(orphan.remains()).singleElement().asString().contains("nothing proves that this join created it");
    }

    @Test
    void shouldFindTheSuccessOfAJoinThatWasTerminatedBeforeItCouldTell() {
        // given
        cluster.addJoin("n1", "aaaaaa");
        cluster.addNode("n1");
        status = terminated(WorkflowStatus.Joined.YES, Phase.NodeReady);

        // when
        OrphanState.Orphaned orphan = orphaned();

        // then
        assertThat(orphan.node()).isNull();
        assertThat(orphan.host()).isEqualTo(OrphanState.HostReset.NOT_NEEDED);
        assertThat(orphan.certificates()).isNull();
        OutcomeEvent success = Objects.requireNonNull(decided(orphan));
        assertThat(success.id()).endsWith("/run-1/Joined");
        assertThat(success.event()).isInstanceOfSatisfying(JoinSucceeded.class, joined -> {
            assertThat(joined.nodeUid()).isEqualTo("uid of n1");
            assertThat(joined.alreadyJoined()).isNull();
        });
    }

    @Test
    void shouldFindNoSuccessOfAJoinWhoseNodeIsGone() {
        // given
        cluster.addJoin("n1", "aaaaaa");
        status = terminated(WorkflowStatus.Joined.YES, Phase.NodeReady);

        // when, then
        assertThat(decided(orphaned())).isNull();
    }

    @Test
    void shouldLeaveToARunThatDecidedItsOutcomeWhatItHasTakenBack() {
        // given
        cluster.addJoin("n1", "aaaaaa");
        status = new WorkflowStatus.Closed(
                "ended as terminated",
                TERMINATED.phases(),
                new WorkflowStatus.OutcomeState(false, DECIDED),
                WorkflowStatus.Joined.NO);

        // when
        OrphanState.Orphaned orphan = orphaned();

        // then
        assertThat(decided(orphan)).isEqualTo(DECIDED);
        assertThat(orphan.host()).isEqualTo(OrphanState.HostReset.NOT_NEEDED);
        assertThat(orphan.certificates()).isNull();
        assertThat(orphan.tokens()).hasSize(1);
    }

    @Test
    void shouldFindTheOutcomeThatTheBrokerHadRefused() {
        // given
        cluster.addAccepted(PendingOutcome.RequestKind.JOIN, "n1", DECIDED);
        cluster.addNode("n1");
        status = LOST;

        // when
        OrphanState.Orphaned orphan = orphaned();

        // then
        assertThat(decided(orphan)).isEqualTo(DECIDED);
        assertThat(orphan.node()).isNull();
        assertThat(orphan.host()).isEqualTo(OrphanState.HostReset.NOT_NEEDED);
    }

    @Test
    void shouldDeleteTheRecordOfAnOutcomeThatTheRunHasPublished() {
        // given
        cluster.addJoin("n1", "aaaaaa");
        status = new WorkflowStatus.Closed(
                "is completed", List.of(), WorkflowStatus.OutcomeState.PUBLISHED, WorkflowStatus.Joined.NO);

        // when
        OrphanState.Orphaned orphan = orphaned();
        inspector.deletePublished(request());

        // then
        assertThat(orphan.owed()).isEmpty();
        assertThat(orphan.isPublished()).isTrue();
        assertThat(cluster.owed).isEmpty();
        assertThat(cluster.tokens).hasSize(1);
    }

    @Test
    void shouldKeepTheRecordOfAnOutcomeOnceItsJoinRunsAgain() {
        // given
        cluster.addJoin("n1", "aaaaaa");
        status = new WorkflowStatus.Running();

        // when
        inspector.deletePublished(request());

        // then
        assertThat(cluster.owed).hasSize(1);
    }

    @Test
    void shouldFindTheOutcomesOfQueuedRequestsThatHaveNoRecordOfTheirOwn() {
        // given
        cluster.addJoin("n1", "aaaaaa");
        cluster.addAccepted(PendingOutcome.RequestKind.JOIN, "n2", null);
        status = new WorkflowStatus.Closed(
                "ended as terminated",
                TERMINATED.phases(),
                WorkflowStatus.OutcomeState.PENDING,
                WorkflowStatus.Joined.NO,
                List.of(
                        FakeClusterOrphans.pending(PendingOutcome.RequestKind.JOIN, "n2", null),
                        FakeClusterOrphans.pending(PendingOutcome.RequestKind.LEAVE, "n3", null)),
                CLOSED_AT,
                false,
                null);

        // when, then
        assertThat(orphaned().owed())
                .extracting(OwedOutcome::joinId)
                .containsExactly(FakeClusterOrphans.joinId("n1"), FakeClusterOrphans.joinId("n3"));
    }

    @Test
    void shouldLiftTheCordonOfALeaveThatHadNotDrained() {
        // given
        cluster.addAccepted(PendingOutcome.RequestKind.LEAVE, "n1", null);
        cluster.addNode("n1");
        status = terminated(WorkflowStatus.Joined.NO, Phase.Cordoned);

        // when
        OrphanState.Orphaned orphan = orphaned();

        // then
        assertThat(orphan.cordonedNode()).isEqualTo(new NodeIdentity(ref("n1"), "uid of n1"));
        assertThat(orphan.remains()).isEmpty();
        assertThat(orphan.node()).isNull();
        assertThat(orphan.owed()).extracting(OwedOutcome::kind).containsExactly(OwedOutcome.Kind.LEAVE);
    }

    static Stream<WorkflowStatus.Closed> pastTheDrain() {
        return Stream.of(terminated(WorkflowStatus.Joined.NO, Phase.Drained), LOST);
    }

    @ParameterizedTest
    @MethodSource("pastTheDrain")
    void shouldTouchNothingOfALeaveThatMayHaveDrained(WorkflowStatus.Closed closed) {
        // given
        cluster.addAccepted(PendingOutcome.RequestKind.LEAVE, "n1", null);
        cluster.addNode("n1");
        status = closed;

        // when
        OrphanState.Orphaned orphan = orphaned();

        // then
        assertThat(orphan.cordonedNode()).isNull();
        assertThat(orphan.node()).isNull();
        assertThat(orphan.remains()).hasSize(2).anyMatch(line -> line.contains("uid of n1 is not deleted"));
    }

    @Test
    void shouldNotNameANodeThatCameAfterTheLeave() {
        // given
        cluster.addAccepted(PendingOutcome.RequestKind.LEAVE, "n1", null);
        cluster.nodes.put("n1", new NodeState.Registered("uid", FakeClusterOrphans.NOW.plusSeconds(1)));
        status = terminated(WorkflowStatus.Joined.NO, Phase.Drained);

        // when, then
        assertThat(orphaned().remains()).singleElement().asString().startsWith("Host: it may be reset");
    }

    private static WorkflowStatus.Closed terminated(WorkflowStatus.Joined joined, Phase last) {
        return new WorkflowStatus.Closed(
                "ended as terminated",
                List.of(
                        new PhaseTime(Phase.Requested, FakeClusterOrphans.NOW),
                        new PhaseTime(last, FakeClusterOrphans.NOW.plusSeconds(1))),
                WorkflowStatus.OutcomeState.PENDING,
                joined,
                CLOSED_AT);
    }

    private static NodeRef ref(String node) {
        return new NodeRef(FakeClusterOrphans.CLUSTER, new NodeName(node));
    }

    private static @Nullable OutcomeEvent decided(OrphanState.Orphaned orphan) {
        return orphan.owed().getFirst().decided();
    }

    private static CleanupRequest request() {
        return new CleanupRequest(ref("n1"), FakeClusterOrphans.joinId("n1"), 1);
    }

    private OrphanState inspect() {
        return inspector.inspect(request());
    }

    private OrphanState.Orphaned orphaned() {
        return (OrphanState.Orphaned) inspect();
    }
}
