package io.nodejoin.workflows.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.TlsBootstrap;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.protocol.event.HostProfile;
import io.nodejoin.protocol.event.JoinRequested;
import io.nodejoin.protocol.event.Taint;
import io.nodejoin.workflows.csr.ApprovalMode;
import io.nodejoin.workflows.csr.CertificateResult;
import io.nodejoin.workflows.csr.CsrDecisionRequest;
import io.nodejoin.workflows.lifecycle.JoinPolicy;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import io.nodejoin.workflows.node.NodeObject;
import io.nodejoin.workflows.node.ReadyRequest;
import io.nodejoin.workflows.scenario.FakeCluster;
import io.nodejoin.workflows.scenario.FakeHost;
import io.nodejoin.workflows.scenario.WorkflowFixture;
import io.nodejoin.workflows.token.SealedToken;
import io.nodejoin.workflows.token.TokenRef;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a join asks of a cluster whose clock is not that of Temporal: objects are stamped by the one, deadlines set by the other. */
class JoinPlanTest {
    private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");
    private static final TokenId TOKEN = new TokenId("k3x9ab");

    private static final Taint TAINT = new Taint("fleet.example/warming", null, Taint.Effect.NoSchedule);

    private final JoinPlan plan = plan(NodeObject.NODEJOIN);

    private static JoinPlan plan(NodeObject nodeObject) {
        return new JoinPlan(
                new JoinRequest(
                        JoinId.of("test", "1"),
                        NOW,
                        wanted(),
                        NOW.plus(Duration.ofMinutes(14)),
                        new JoinPolicy(
                                ApprovalMode.NODEJOIN,
                                TlsBootstrap.AGENT,
                                nodeObject,
                                Duration.ofMinutes(10),
                                List.of(),
                                null,
                                Duration.ofHours(24)),
                        null),
                1);
    }

    private static JoinRequested wanted() {
        return new JoinRequested(
                WorkflowFixture.CLUSTER,
                WorkflowFixture.NODE,
                WorkflowFixture.SECRET_DIGEST,
                List.of("10.0.0.7"),
                Map.of(),
                List.of(TAINT),
                null,
                HostProfile.CONTAINERD,
                List.of(),
                null,
                null,
                null,
                null,
                null,
                null);
    }

    private JoinState.TokenIssued issuedBy(Instant serverTime) {
        return new JoinState.Requested(1)
                .agentConnected(WorkflowFixture.KEY)
                .hostPrepared(FakeCluster.DISCOVERY, FakeHost.FACTS, FakeCluster.KEY_DIGEST)
                .tokenIssued(
                        null,
                        new TokenRef(WorkflowFixture.CLUSTER, plan.request().joinId(), TOKEN),
                        new SealedToken(TOKEN, "jwe", serverTime, serverTime.plus(Duration.ofMinutes(10)), 1),
                        NOW);
    }

    private JoinState.KubeletStarted startedAt(Instant serverTime) {
        return issuedBy(serverTime)
                .certificateIssued(new CertificateResult.Issued("csr-1", FakeCluster.KEY_DIGEST, serverTime, NOW))
                .kubeletStarted();
    }

    @Test
    void shouldRequestAndRequireTheSameLifetime() {
        // given
        JoinState.TokenIssued issued = issuedBy(NOW);

        // when
        HostCommand command = plan.startKubeletCommand(issued, false);
        CsrDecisionRequest decision = plan.csrDecisionRequest(issued, NOW);

        // then
        assertThat(command)
                .isInstanceOfSatisfying(
                        HostCommand.StartKubelet.class,
                        start -> assertThat(start.expirationSeconds()).isEqualTo(86_400));
        assertThat(decision.expirationSeconds()).isEqualTo(86_400);
    }

    @ParameterizedTest
    @CsvSource({"0, 000000", "35, 00000z", "36, 000010", "2176782335, zzzzzz", "2176782336, 000000", "-1, 64sgsf"})
    void shouldMakeATokenIdOfAnyRandomNumber(long random, String id) {
        // when
        TokenRef token = plan.drawToken(new UUID(0, random));

        // then
        assertThat(token)
                .isEqualTo(new TokenRef(WorkflowFixture.CLUSTER, plan.request().joinId(), new TokenId(id)));
    }

    @ParameterizedTest
    @ValueSource(ints = {-10, 10})
    void shouldRequireAReadyConditionSinceTheTokenByTheClockOfTheApiServer(int minutesAhead) {
        // given
        Instant serverTime = NOW.plus(Duration.ofMinutes(minutesAhead));

        // when
        ReadyRequest request = plan.readyRequest(startedAt(serverTime), "uid-1", NOW);

        // then
        assertThat(request.readyAfter()).isEqualTo(serverTime);
        assertThat(request.deadline()).isEqualTo(NOW.plus(Duration.ofMinutes(5)));
    }

    @Test
    void shouldLeaveTheTaintsOfANodeThatItHasCreatedToThoseWhoRemoveThem() {
        // given
        JoinState.KubeletStarted started = startedAt(NOW);

        // when
        ReadyRequest ofOwnNode = plan.readyRequest(started, "uid-1", NOW);
        ReadyRequest ofKubeletsNode = plan(NodeObject.KUBELET).readyRequest(started, "uid-1", NOW);

        // then
        assertThat(plan.nodeCreation().taints()).containsExactly(TAINT);
        assertThat(ofOwnNode.taints()).isEmpty();
        assertThat(ofKubeletsNode.taints()).containsExactly(TAINT);
    }

    @ParameterizedTest
    @ValueSource(ints = {-10, 10})
    void shouldAcceptCsrsOfItsTokenForAsLongAsItWaitsByTheClockOfTheCluster(int minutesAhead) {
        // given
        Instant serverTime = NOW.plus(Duration.ofMinutes(minutesAhead));

        // when
        CsrDecisionRequest request = plan.csrDecisionRequest(issuedBy(serverTime), NOW.plusSeconds(180));

        // then
        assertThat(request.issuedAt()).isEqualTo(serverTime);
        assertThat(request.csrsAcceptedUntil()).isEqualTo(serverTime.plusSeconds(180));
        assertThat(request.deadline()).isEqualTo(NOW.plusSeconds(180));
    }
}
