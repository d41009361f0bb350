package io.nodejoin.service.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.gateway.enrollment.RejoinHandler;
import io.nodejoin.gateway.enrollment.RejoinHandler.RejoinAttempt;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.TlsBootstrap;
import io.nodejoin.protocol.event.HostProfile;
import io.nodejoin.protocol.event.JoinRequested;
import io.nodejoin.protocol.event.Taint;
import io.nodejoin.workflows.csr.ApprovalMode;
import io.nodejoin.workflows.lifecycle.JoinPolicy;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import io.nodejoin.workflows.lifecycle.NodeRequest;
import io.nodejoin.workflows.node.NodeObject;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.rejoin.RejoinClaim;
import io.nodejoin.workflows.rejoin.RejoinDecision;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RejoinStarterTest {
    private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");
    private static final NodeRef REF = new NodeRef(new ClusterName("kraken"), new NodeName("w1"));
    private static final JoinPolicy TERMS = new JoinPolicy(
            ApprovalMode.NODEJOIN,
            TlsBootstrap.AGENT,
            NodeObject.NODEJOIN,
            Duration.ofMinutes(10),
            List.of(),
            null,
            null);
    private static final RejoinAttempt COMEBACK = new RejoinAttempt(REF, "0f".repeat(32), "a2V5", "5f3a9c");
    private static final JoinRequested WANTED = new JoinRequested(
            REF.cluster(),
            REF.name(),
            "0f".repeat(32),
            List.of("10.0.0.7"),
            Map.of("pool", "a"),
            List.of(new Taint("dedicated", "db", Taint.Effect.NoSchedule)),
            "fleet://w1",
            HostProfile.DOCKER,
            List.of("Storage"),
            NOW.minusSeconds(86_400),
            true,
            null,
            "10.244.7.0/24",
            null,
            null);

    private final List<AuditEntry> audit = new ArrayList<>();
    private final FakeJoins joins = new FakeJoins();
    private RejoinDecision standing = new RejoinDecision.Eligible("uid-1", WANTED);

    @Test
    void shouldAskForTheNodeAsItWasDeclaredARejoin() {
        // when
        RejoinHandler.Answer answer = rejoins().rejoin(COMEBACK);

        // then
        JoinRequest started = joins.started.getFirst();
        assertThat(answer).isEqualTo(new RejoinHandler.Answer.Started(started.joinId()));
        assertThat(started.generation()).isEqualTo(NOW);
        assertThat(started.deadline()).isEqualTo(NOW.plusSeconds(900));
        assertThat(started.policy()).isEqualTo(TERMS);
        assertThat(started.spec())
                .isEqualTo(new JoinRequested(
                        REF.cluster(),
                        REF.name(),
                        WANTED.enrollment(),
                        WANTED.addresses(),
                        WANTED.labels(),
                        WANTED.taints(),
                        WANTED.providerId(),
                        WANTED.hostProfile(),
                        WANTED.readyGates(),
                        null,
                        true,
                        true,
                        WANTED.podCidr(),
                        null,
                        null));
    }

    @Test
    void shouldTakeTheSameComebackForTheSameJoinAndAnotherForAnother() {
        // when
        rejoins().rejoin(COMEBACK);
        rejoins().rejoin(COMEBACK);
        rejoins().rejoin(new RejoinAttempt(REF, COMEBACK.secretDigest(), COMEBACK.publicKey(), "5f3a9d"));

        // then
        assertThat(joins.started.stream().map(JoinRequest::joinId).distinct()).hasSize(2);
        assertThat(joins.started.get(0).joinId())
                .isEqualTo(joins.started.get(1).joinId())
                .isEqualTo(JoinId.of("/nodejoin/kraken/rejoins", "uid-1/5f3a9c"));
    }

    @Test
    void shouldRefuseWhomTheNotesRefuse() {
        // given
        Problem why = new Problem(ErrorCode.NODE_UID_CHANGED, "replaced");
        standing = new RejoinDecision.Refused(why);

        // when
        RejoinHandler.Answer answer = rejoins().rejoin(COMEBACK);

        // then
        assertThat(answer).isEqualTo(new RejoinHandler.Answer.Refused(why));
        assertThat(joins.started).isEmpty();
        assertThat(audit).isEmpty();
    }

    @Test
    void shouldRefuseWhileSomethingElseOfTheNodeIsUnderWay() {
        // given
        Problem why = new Problem(ErrorCode.SUPERSEDED, "a leave is under way");
        joins.answer = new JoinStarter.StartResult.Refused(why);

        // when
        RejoinHandler.Answer answer = rejoins().rejoin(COMEBACK);

        // then
        assertThat(answer).isEqualTo(new RejoinHandler.Answer.Refused(why));
    }

    @Test
    void shouldRefuseAClusterThatIsNotConfigured() {
        // given
        NodeRef elsewhere = new NodeRef(new ClusterName("nowhere"), REF.name());

        // when
        RejoinHandler.Answer answer = rejoins().rejoin(new RejoinAttempt(elsewhere, "0f".repeat(32), "a2V5", "1"));

        // then
        assertThat(answer)
                .isInstanceOfSatisfying(
                        RejoinHandler.Answer.Refused.class,
                        refused -> assertThat(refused.why().code()).isEqualTo(ErrorCode.UNKNOWN_CLUSTER));
    }

    @Test
    void shouldStartNothingThatCannotBeRecorded() {
        // given
        RejoinStarter unrecorded = new RejoinStarter(
                _ -> standing,
                joins,
                Map.of(REF.cluster(), TERMS),
                Duration.ofMinutes(15),
                _ -> {
                    throw new IllegalStateException("the disk is full");
                },
                Clock.fixed(NOW, ZoneOffset.UTC));

        // when, then
        assertThatThrownBy(() -> unrecorded.rejoin(COMEBACK)).hasMessage("the disk is full");
        assertThat(joins.started).isEmpty();
    }

    @Test
    void shouldRecordWhoseComebackItIsBeforeItsJoinStarts() {
        // when
        rejoins().rejoin(COMEBACK);

        // then
        assertThat(audit).singleElement().satisfies(entry -> {
            assertThat(entry.action()).isEqualTo("node.rejoin");
            assertThat(entry.object()).isEqualTo("nodes/w1#uid-1");
            assertThat(entry.results()).containsEntry("certificate-serial", "5f3a9c");
        });
    }

    private RejoinStarter rejoins() {
        return new RejoinStarter(
                this::standing,
                joins,
                Map.of(REF.cluster(), TERMS),
                Duration.ofMinutes(15),
                audit::add,
                Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private RejoinDecision standing(RejoinClaim claim) {
        assertThat(claim).isEqualTo(new RejoinClaim(REF, COMEBACK.secretDigest(), COMEBACK.publicKey()));
        return standing;
    }

    private static final class FakeJoins implements JoinStarter {
        private final List<JoinRequest> started = new ArrayList<>();
        private JoinStarter.StartResult answer = new JoinStarter.StartResult.Started();

        @Override
        public JoinStarter.StartResult start(RequestDecision.Start start) {
            throw new AssertionError("a comeback displaces nothing: " + start);
        }

        @Override
        public JoinStarter.StartResult startIfIdle(JoinRequest request) {
            started.add(request);
            return answer;
        }

        @Override
        public boolean isKnown(NodeRequest request) {
            throw new AssertionError("a comeback has no deadline of its own: " + request);
        }

        @Override
        public Optional<Problem> cancel(RequestDecision.Cancel cancel) {
            throw new AssertionError("a comeback cancels nothing: " + cancel);
        }
    }
}
