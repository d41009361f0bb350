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
    private static final CompensationResult COMPENSATED = new CompensationResult(List.of("residue"), true, null);
    private static final JoinState.Requested REQUESTED = new JoinState.Requested(1);
    private static final JoinState.AgentConnected CONNECTED = REQUESTED.agentConnected("key");
    private static final JoinState.HostPrepared PREPARED =
            CONNECTED.hostPrepared(FakeCluster.DISCOVERY, FakeHost.FACTS, FakeCluster.KEY_DIGEST);
    private static final TokenId TOKEN = new TokenId("k3x9ab");
    private static final JoinState.TokenIssued ISSUED = PREPARED.tokenIssued(
            null,
            new TokenRef(WorkflowFixture.CLUSTER, JoinId.of("test", "1"), TOKEN),
            new SealedToken(TOKEN, "jwe", Instant.EPOCH, Instant.EPOCH, 1),
            Instant.EPOCH);
    private static final JoinState.CertificateIssued CERTIFIED = ISSUED.certificateIssued(
            new CertificateResult.Issued("csr-1", FakeCluster.KEY_DIGEST, Instant.EPOCH, Instant.EPOCH));
    private static final JoinState.KubeletStarted STARTED = CERTIFIED.kubeletStarted();
    private static final JoinState.NodeReady READY = STARTED.nodeReady(new NodeState.Ready("uid-1", Instant.EPOCH));

    static Stream<JoinState.Running> running() {
        return Stream.of(REQUESTED, CONNECTED, PREPARED, ISSUED, CERTIFIED, STARTED, READY);
    }

    @Test
    void shouldReportPhasesInOrder() {
        assertThat(running().map(JoinState::phase))
                .containsExactly(
                        Phase.Requested,
                        Phase.AgentConnected,
                        Phase.HostPrepared,
                        Phase.TokenIssued,
                        Phase.CertificateIssued,
                        Phase.KubeletStarted,
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
    @MethodSource("running")
    void shouldFailOnlyThroughCompensation(JoinState.Running from) {
        // when
        JoinState.Compensating compensating =
                from.stop(new JoinState.Failure(PROBLEM)).compensate();

        // then
        assertThat(compensating.phase()).isEqualTo(Phase.Compensating);
        assertThat(compensating.from()).isEqualTo(from);
        assertThat(compensating.end(COMPENSATED, List.of("log"), Instant.EPOCH))
                .isEqualTo(new JoinState.Failed(PROBLEM, COMPENSATED, List.of("log"), Instant.EPOCH));
    }

    @ParameterizedTest
    @MethodSource("running")
    void shouldKeepThePhaseInWhichItStopped(JoinState.Running from) {
        // when
        JoinState.Stopping stopping = from.stop(new JoinState.Failure(PROBLEM));

        // then
        assertThat(stopping.phase()).isEqualTo(from.phase());
        assertThat(stopping.waitingFor()).isEqualTo(from.waitingFor());
        assertThat(stopping.problem()).isEqualTo(PROBLEM);
    }

    @ParameterizedTest
    @MethodSource("running")
    void shouldCountAttempts(JoinState.Running from) {
        // when
        JoinState.AgentConnected next =
                from.stop(new JoinState.Failure(PROBLEM)).compensate().retry("key");

        // then
        assertThat(from.attempt()).isEqualTo(1);
        assertThat(next.attempt()).isEqualTo(2);
        assertThat(next.problem()).isNull();
    }

    @ParameterizedTest
    @MethodSource("running")
    void shouldReportWhatItWaitsFor(JoinState.Running state) {
        assertThat(state.waitingFor()).isNotBlank().isNotEqualTo("nothing");
    }

    @Test
    void shouldEndAsCancelledIfAborted() {
        // when
        JoinState.Ended end =
                PREPARED.stop(new JoinState.Abort(PROBLEM)).compensate().end(COMPENSATED, List.of(), null);

        // then
        assertThat(end.result()).isEqualTo(new JoinResult(Phase.Cancelled, PROBLEM));
        assertThat(end.waitingFor()).isEqualTo("nothing");
    }

    @Test
    void shouldEndAsCancelledIfAbortedAfterItFailed() {
        // given
        Problem newer = new Problem(ErrorCode.SUPERSEDED, "a newer request");
        JoinState.Stopping failed = PREPARED.stop(new JoinState.Failure(PROBLEM));

        // then
        assertThat(failed.abort(newer).compensate())
                .isEqualTo(failed.compensate().abort(newer));
        assertThat(failed.compensate().abort(newer).end(COMPENSATED, List.of(), null))
                .isEqualTo(new JoinState.Cancelled(newer, COMPENSATED));
    }

    @Test
    void shouldFailForEachErrorCode() {
        // given
        Problem superseded = new Problem(ErrorCode.SUPERSEDED, "by another serving certificate");

        // when
        JoinState.Ended end =
                READY.stop(new JoinState.Failure(superseded)).compensate().end(COMPENSATED, List.of(), null);

        // then
        assertThat(end.result()).isEqualTo(new JoinResult(Phase.Failed, superseded));
    }
}
