package io.nodejoin.workflows.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.compensation.CompensationResult;
import io.nodejoin.workflows.csr.CertificateResult;
import io.nodejoin.workflows.lifecycle.JoinResult;
import io.nodejoin.workflows.node.NodeState;
import io.nodejoin.workflows.scenario.FakeCluster;
import io.nodejoin.workflows.scenario.FakeHost;
import io.nodejoin.workflows.scenario.WorkflowFixture;
import io.nodejoin.workflows.token.SealedToken;
import io.nodejoin.workflows.token.TokenRef;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JoinStateTest {
    private static final Problem PROBLEM = new Problem(ErrorCode.NODE_NOT_READY, "no network plugin");
    private static final JoinState.Requested REQUESTED = new JoinState.Requested();
    private static final JoinState.AgentConnected CONNECTED = REQUESTED.agentConnected("key");
    private static final JoinState.HostPrepared PREPARED =
            CONNECTED.hostPrepared(FakeCluster.DISCOVERY, FakeHost.FACTS);
    private static final TokenId TOKEN = new TokenId("k3x9ab");
    private static final JoinState.TokenIssued ISSUED = PREPARED.tokenIssued(
            new TokenRef(WorkflowFixture.CLUSTER, JoinId.of("test", "1"), TOKEN),
            new SealedToken(TOKEN, "jwe", "jws", Instant.EPOCH, Instant.EPOCH, 1),
            Instant.EPOCH);
    private static final JoinState.KubeletStarted STARTED = ISSUED.kubeletStarted();
    private static final JoinState.CertificateIssued CERTIFIED = STARTED.certificateIssued(
            new CertificateResult.Issued("csr-1", FakeCluster.KEY_DIGEST, Instant.EPOCH, Instant.EPOCH));
    private static final JoinState.NodeReady READY = CERTIFIED.nodeReady(new NodeState.Ready("uid-1", Instant.EPOCH));

    static Stream<JoinState.Active> active() {
        return Stream.of(REQUESTED, CONNECTED, PREPARED, ISSUED, STARTED, CERTIFIED, READY);
    }

    @Test
    void shouldNamePhasesInTheOrderInWhichTheyAreReached() {
        assertThat(active().map(JoinState::phase))
                .containsExactly(
                        Phase.Requested,
                        Phase.AgentConnected,
                        Phase.HostPrepared,
                        Phase.TokenIssued,
                        Phase.KubeletStarted,
                        Phase.CertificateIssued,
                        Phase.NodeReady);
    }

    @Test
    void shouldEndAsJoinedWithTheNodeThatWasReady() {
        // when
        JoinState.Joined joined = READY.joined();

        // then
        assertThat(joined.nodeUid()).isEqualTo("uid-1");
        assertThat(joined.result()).isEqualTo(new JoinResult(Phase.Joined, null));
    }

    @ParameterizedTest
    @MethodSource("active")
    void shouldFailOnlyThroughCompensation(JoinState.Active from) {
        // when
        JoinState.Compensating compensating = from.compensating(PROBLEM);

        // then
        assertThat(compensating.phase()).isEqualTo(Phase.Compensating);
        assertThat(compensating.from()).isEqualTo(from);
        CompensationResult aftermath = new CompensationResult(List.of("residue"), true, null);
        assertThat(compensating.ended(aftermath, List.of("log"), Instant.EPOCH))
                .isEqualTo(new JoinState.Failed(PROBLEM, aftermath, List.of("log"), Instant.EPOCH));
    }

    @ParameterizedTest
    @MethodSource("active")
    void shouldSayWhatItWaitsFor(JoinState.Active state) {
        assertThat(state.waitingFor()).isNotBlank().isNotEqualTo("nothing");
    }

    @Test
    void shouldEndAsCancelledIfThatWasAskedFor() {
        // given
        Problem request = new Problem(ErrorCode.CANCELLED_BY_REQUEST, "scaled down");

        // when
        JoinState.Ended ended =
                PREPARED.compensating(request).ended(new CompensationResult(List.of(), false, null), List.of(), null);

        // then
        assertThat(ended.result()).isEqualTo(new JoinResult(Phase.Cancelled, request));
        assertThat(ended.waitingFor()).isEqualTo("nothing");
    }
}
