package io.nodejoin.workflows.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.protocol.join.HostProfile;
import io.nodejoin.protocol.join.JoinRequested;
import io.nodejoin.workflows.certificate.ApprovalMode;
import io.nodejoin.workflows.certificate.CertificateDecision;
import io.nodejoin.workflows.certificate.CertificateOrder;
import io.nodejoin.workflows.node.ReadyOrder;
import io.nodejoin.workflows.token.SealedToken;
import io.nodejoin.workflows.token.TokenRef;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a join asks of a cluster whose clock is not that of Temporal: objects are stamped by the one, deadlines set by the other. */
class JoinPlanTest {
    private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");
    private static final TokenId TOKEN = new TokenId("k3x9ab");

    private final JoinPlan plan = new JoinPlan(
            new JoinRequest(
                    JoinId.of("test", "1"),
                    NOW,
                    wanted(),
                    NOW.plus(Duration.ofMinutes(14)),
                    new JoinTerms(ApprovalMode.NODEJOIN, Duration.ofMinutes(10), List.of(), null)),
            1);

    private static JoinRequested wanted() {
        return new JoinRequested(
                JoinBed.CLUSTER,
                JoinBed.NODE,
                JoinBed.SECRET_DIGEST,
                List.of("10.0.0.7"),
                Map.of(),
                List.of(),
                null,
                HostProfile.CONTAINERD,
                List.of(),
                null,
                null,
                null,
                null);
    }

    private JoinState.TokenIssued issuedBy(Instant serverTime) {
        return new JoinState.Requested()
                .agentConnected(JoinBed.KEY)
                .hostPrepared(FakeCluster.TRUST, FakeHost.FACTS)
                .tokenIssued(
                        new TokenRef(JoinBed.CLUSTER, plan.request().joinId(), TOKEN),
                        new SealedToken(TOKEN, "jwe", "jws", serverTime, serverTime.plus(Duration.ofMinutes(10)), 1),
                        NOW);
    }

    @ParameterizedTest
    @ValueSource(ints = {-10, 10})
    void shouldTakeForReadyOnlyWhatTheKubeletSaidSinceItsTokenByTheClocksOfTheCluster(int minutesAhead) {
        // given
        Instant serverTime = NOW.plus(Duration.ofMinutes(minutesAhead));
        JoinState.CertificateIssued certified = issuedBy(serverTime)
                .kubeletStarted()
                .certificateIssued(new CertificateDecision.Issued("csr-1", FakeCluster.KEY_DIGEST, serverTime, NOW));

        // when
        ReadyOrder order = plan.ready(certified, "uid-1", NOW);

        // then
        assertThat(order.readyAfter()).isEqualTo(serverTime);
        assertThat(order.deadline()).isEqualTo(NOW.plus(Duration.ofMinutes(5)));
    }

    @ParameterizedTest
    @ValueSource(ints = {-10, 10})
    void shouldTakeRequestsOfItsTokenForAsLongAsItWaitsByTheClockOfTheCluster(int minutesAhead) {
        // given
        Instant serverTime = NOW.plus(Duration.ofMinutes(minutesAhead));

        // when
        CertificateOrder order = plan.certificate(issuedBy(serverTime), NOW.plusSeconds(180));

        // then
        assertThat(order.issuedAt()).isEqualTo(serverTime);
        assertThat(order.closesAt()).isEqualTo(serverTime.plusSeconds(180));
        assertThat(order.deadline()).isEqualTo(NOW.plusSeconds(180));
    }
}
