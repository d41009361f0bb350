package io.nodejoin.workflows.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.LeaveFailed;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.workflows.cleanup.CleanupRequest;
import io.nodejoin.workflows.cleanup.OrphanState;
import io.nodejoin.workflows.cleanup.OwedOutcome;
import io.nodejoin.workflows.csr.CertificateResult;
import io.nodejoin.workflows.csr.IssuedCertificates;
import io.nodejoin.workflows.csr.JoinCertificates;
import io.nodejoin.workflows.event.OutcomeEvent;
import io.nodejoin.workflows.hostcommand.AgentConnection;
import io.nodejoin.workflows.lifecycle.RequestEvents;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.temporal.StepOptions;
import io.nodejoin.workflows.temporal.TaskQueues;
import io.nodejoin.workflows.token.TokenRef;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CleanupTest {
    private static final TokenId TOKEN = new TokenId("abc123");
    private static final NodeIdentity CREATED =
            new NodeIdentity(new NodeRef(WorkflowFixture.CLUSTER, WorkflowFixture.NODE), "uid-1");
    private static final long SEQUENCE = 77;

    @RegisterExtension
    final WorkflowFixture fixture = new WorkflowFixture();

    @Test
    void shouldTakeBackATerminatedJoinWithTheCompensationsOfTheJoin() {
        // given
        addLeftovers();
        fixture.orphans.state = this::terminatedJoin;

        // when
        fixture.cleanUp(SEQUENCE);
        connectAgent();
        fixture.awaitCleanup();

        // then
        assertThat(fixture.cluster.leftovers()).isEmpty();
        assertThat(fixture.host.received)
                .singleElement()
                .extracting(Assignment::joinId, Assignment::sequence)
                .containsExactly(fixture.joinId(), SEQUENCE);
        assertThat(fixture.script.effects()).contains("Host_ResetHost", "Token_DeleteLedgerEntry");
        JoinFailed end = fixture.failure();
        assertThat(end.reason()).isEqualTo(ErrorCode.TERMINATED);
        assertThat(end.detail()).contains("ended as terminated");
        assertThat(end.residue()).isEmpty();
        assertThat(end.replaceHost()).isFalse();
        assertThat(end.phases()).extracting(PhaseTime::phase).containsExactly(Phase.AgentConnected, Phase.Failed);
    }

    @Test
    void shouldLeaveTheNameFreeIfTheHostHasErasedTheKeyOfItsCertificate() {
        // given
        addLeftovers();
        fixture.cluster.csrs.put(TOKEN, "approved");
        fixture.orphans.state = this::terminatedJoin;

        // when
        fixture.cleanUp(SEQUENCE);
        connectAgent();
        fixture.awaitCleanup();

        // then
        assertThat(fixture.failure().residue()).isEmpty();
        assertThat(fixture.cluster.quarantines).isEmpty();
    }

    @Test
    void shouldQuarantineTheNameForOtherMachinesOnlyIfItIsUnknownWhichResetHasErasedAKey() {
        // given certificates of two attempts, and a reset that has erased the key of one
        addLeftovers();
        fixture.script.answer(
                "Csr_ListIssuedToJoin", new IssuedCertificates(List.of(certificate("ef".repeat(32))), false));
        Instant longAgo = fixture.now().minus(StepOptions.RUN_QUIET_AFTER);
        fixture.orphans.state = () -> new OrphanState.Orphaned(
                "ended as terminated",
                longAgo,
                List.of(),
                "machine-1",
                null,
                new JoinCertificates.OfJoin(WorkflowFixture.CLUSTER, fixture.joinId(), List.of()),
                OrphanState.HostReset.NEEDED,
                CREATED,
                null,
                List.of(),
                List.of(owed(OwedOutcome.Kind.JOIN, "event-1", null)),
                false,
                null);

        // when
        fixture.cleanUp(SEQUENCE);
        connectAgent();
        fixture.awaitCleanup();

        // then
        assertThat(fixture.failure().residue()).singleElement().asString().endsWith("on machine machine-1");
    }

    private CertificateResult.Issued certificate(String keyDigest) {
        return new CertificateResult.Issued(
                "csr-1", keyDigest, fixture.now(), fixture.now().plus(Duration.ofDays(1)));
    }

    @Test
    void shouldRevokeTheTokenBeforeItKnowsWhetherTheHostCanBeReset() {
        // given
        addLeftovers();
        fixture.cluster.csrs.put(TOKEN, "approved");
        fixture.orphans.state = this::terminatedJoin;

        // when
        fixture.cleanUp(SEQUENCE);
        fixture.await(() -> fixture.cluster.tokens.isEmpty());
        Duration untilRevoked = Duration.between(fixture.madeAfter(0), fixture.now());
        fixture.awaitCleanup();

        // then
        assertThat(untilRevoked).isLessThan(StepOptions.RECONNECT_TIMEOUT);
        JoinFailed end = fixture.failure();
        assertThat(end.replaceHost()).isTrue();
        assertThat(end.residue())
                .anyMatch(line -> line.startsWith("Reset the host: HOST_RESET_FAILED"))
                .anyMatch(line -> line.startsWith("Name: ") && line.endsWith("on machine machine-1"));
        assertThat(fixture.cluster.quarantines).containsKey(WorkflowFixture.NODE.value());
        assertThat(fixture.cluster.leftovers()).isEmpty();
    }

    @Test
    void shouldKeepTheLedgerEntryUntilNoActivityOfTheRunCanAct() {
        // given
        addLeftovers();
        Instant endedAt = fixture.now();
        fixture.orphans.state = () -> orphan(endedAt, OrphanState.HostReset.NOT_NEEDED);

        // when
        fixture.cleanUp(SEQUENCE);
        fixture.await(() -> !fixture.events.published.isEmpty());
        boolean isKept = fixture.cluster.ledger.contains(TOKEN);
        fixture.cluster.tokens.add(TOKEN); // by a late request of the run
        fixture.awaitCleanup();

        // then
        assertThat(isKept).isTrue();
        assertThat(fixture.cluster.leftovers()).isEmpty();
        assertThat(fixture.now()).isAfterOrEqualTo(endedAt.plus(StepOptions.RUN_QUIET_AFTER));
    }

    @Test
    void shouldLookOnlyOnceAtARunThatEndedLongAgo() {
        // given
        addLeftovers();
        Instant longAgo = fixture.now().minus(StepOptions.RUN_QUIET_AFTER);
        fixture.orphans.state = () -> orphan(longAgo, OrphanState.HostReset.NOT_NEEDED);

        // when
        fixture.cleanUp(SEQUENCE).awaitCleanup();

        // then
        assertThat(fixture.script.calls()).containsOnlyOnce("Token_DeleteSecret", "Token_DeleteLedgerEntry");
    }

    @Test
    void shouldLeaveARequestAloneWhoseWorkflowRuns() {
        // given
        fixture.orphans.state = () -> new OrphanState.InCharge("its workflow runs");

        // when
        fixture.cleanUp(SEQUENCE).awaitCleanup();

        // then
        assertThat(fixture.script.calls()).isEmpty();
    }

    @Test
    void shouldLeaveAJoinAloneThatWasResetAfterTheFirstLook() {
        // given
        addLeftovers();
        Instant endedAt = fixture.now();
        fixture.orphans.state = () -> orphan(endedAt, OrphanState.HostReset.NOT_NEEDED);

        // when
        fixture.cleanUp(SEQUENCE);
        fixture.await(() -> !fixture.events.published.isEmpty());
        fixture.orphans.state = () -> new OrphanState.InCharge("its workflow runs");
        fixture.cluster.tokens.add(TOKEN);
        fixture.awaitCleanup();

        // then
        assertThat(fixture.cluster.tokens).containsExactly(TOKEN);
    }

    @Test
    void shouldPublishAnOutcomeThatTheRunHadDecidedAsItIs() {
        // given
        OutcomeEvent decided = new OutcomeEvent(
                "decided",
                WorkflowFixture.CLUSTER,
                WorkflowFixture.NODE.value(),
                fixture.now(),
                RequestEvents.accepted(fixture.request()));
        fixture.orphans.state = onceThenGone(leftOf(List.of(owed(OwedOutcome.Kind.JOIN, "event-1", decided)), false));

        // when
        fixture.cleanUp(SEQUENCE).awaitCleanup();

        // then
        assertThat(fixture.events.published).containsExactly(decided);
    }

    @Test
    void shouldTellTheOutcomesOfRequestsThatWaitedForTheEndOfTheRun() {
        // given
        fixture.orphans.state = onceThenGone(leftOf(
                List.of(owed(OwedOutcome.Kind.JOIN, "event-1", null), owed(OwedOutcome.Kind.LEAVE, "next", null)),
                false));

        // when
        fixture.cleanUp(SEQUENCE).awaitCleanup();

        // then
        assertThat(fixture.events.ofType(JoinFailed.class))
                .extracting(JoinFailed::joinId)
                .containsExactly(fixture.joinId());
        assertThat(fixture.events.ofType(LeaveFailed.class))
                .extracting(LeaveFailed::leaveId)
                .containsExactly(fixture.joinId("next"));
        assertThat(fixture.events.published)
                .extracting(OutcomeEvent::id)
                .containsExactly("run/event-1/Failed", "run/next/Failed");
    }

    @Test
    void shouldDeleteTheRecordOfAnOutcomeThatIsPublished() {
        // given
        fixture.orphans.state = onceThenGone(leftOf(List.of(), true));

        // when
        fixture.cleanUp(SEQUENCE).awaitCleanup();

        // then
        assertThat(fixture.orphans.deleted).extracting(CleanupRequest::joinId).containsExactly(fixture.joinId());
        assertThat(fixture.events.published).isEmpty();
    }

    @Test
    void shouldLiftTheCordonOfATerminatedLeaveAlsoIfItComesLate() {
        // given
        fixture.cluster.cordoned.add(WorkflowFixture.NODE.value());
        fixture.orphans.state = onceThenGone(new OrphanState.Orphaned(
                "ended as terminated",
                fixture.now(),
                List.of(),
                null,
                null,
                null,
                OrphanState.HostReset.NOT_NEEDED,
                null,
                CREATED,
                List.of(),
                List.of(owed(OwedOutcome.Kind.LEAVE, "event-1", null)),
                false,
                null));

        // when
        fixture.cleanUp(SEQUENCE);
        fixture.await(() -> !fixture.events.published.isEmpty());
        boolean isLiftedFirst = fixture.cluster.cordoned.isEmpty();
        fixture.cluster.cordoned.add(WorkflowFixture.NODE.value());
        fixture.awaitCleanup();

        // then
        assertThat(isLiftedFirst).isTrue();
        assertThat(fixture.cluster.cordoned).isEmpty();
        assertThat(fixture.events.ofType(LeaveFailed.class))
                .singleElement()
                .satisfies(end -> assertThat(end.residue()).isEmpty());
    }

    private void addLeftovers() {
        fixture.cluster.tokens.add(TOKEN);
        fixture.cluster.ledger.add(TOKEN);
        fixture.cluster.everIssued.add(TOKEN);
        fixture.cluster.signatures.add(TOKEN);
        fixture.cluster.csrs.put(TOKEN, "undecided");
        fixture.cluster.nodes.put(WorkflowFixture.NODE.value(), CREATED.uid());
    }

    private void connectAgent() {
        fixture.cleanup()
                .agentConnected(new AgentConnection(
                        TaskQueues.gateway(WorkflowFixture.REPLICA), UUID.randomUUID(), UUID.randomUUID()));
    }

    private OrphanState terminatedJoin() {
        return orphan(fixture.madeAfter(0), OrphanState.HostReset.NEEDED);
    }

    /** What is owed and listed is known by what is there by now. */
    private OrphanState orphan(Instant endedAt, OrphanState.HostReset host) {
        boolean isTold = !fixture.events.published.isEmpty();
        return new OrphanState.Orphaned(
                "ended as terminated",
                endedAt,
                List.of(TOKEN),
                "machine-1",
                FakeCluster.KEY_DIGEST,
                new JoinCertificates.OfToken(new TokenRef(WorkflowFixture.CLUSTER, fixture.joinId(), TOKEN)),
                isTold ? OrphanState.HostReset.NOT_NEEDED : host,
                CREATED,
                null,
                List.of(),
                isTold ? List.of() : List.of(owed(OwedOutcome.Kind.JOIN, "event-1", null)),
                false,
                null);
    }

    private OrphanState leftOf(List<OwedOutcome> owed, boolean isPublished) {
        return new OrphanState.Orphaned(
                "ended as terminated",
                fixture.now(),
                List.of(),
                null,
                null,
                null,
                OrphanState.HostReset.NOT_NEEDED,
                null,
                null,
                List.of(),
                owed,
                isPublished,
                null);
    }

    private Supplier<OrphanState> onceThenGone(OrphanState first) {
        return () -> fixture.events.published.isEmpty() && fixture.orphans.deleted.isEmpty()
                ? first
                : new OrphanState.InCharge("nothing is left");
    }

    private OwedOutcome owed(OwedOutcome.Kind kind, String event, @Nullable OutcomeEvent decided) {
        JoinId id = fixture.joinId(event);
        return new OwedOutcome(
                kind,
                id,
                "run/" + event + "/Requested",
                fixture.now(),
                null,
                List.of(new PhaseTime(Phase.AgentConnected, fixture.now())),
                decided);
    }
}
