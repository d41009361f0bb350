package io.nodejoin.workflows.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.lifecycle.JoinResult;
import io.temporal.api.failure.v1.Failure;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class KubeletNotStartedTest {
    @RegisterExtension
    final WorkflowFixture fixture = new WorkflowFixture();

    @Test
    void shouldCompensateEverythingInOrder() {
        // given
        fixture.failKubeletStart("port 10250 is taken").withoutRetry().startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.script.effects())
                .containsSubsequence(
                        "Host_StartKubelet",
                        "Host_ResetHost",
                        "Token_DeleteSecret",
                        "Token_RemoveSignature",
                        "Csr_DenyPending",
                        "Csr_ListIssued",
                        "Csr_DenyPending")
                .doesNotContain("Node_AwaitRegistered");
        assertThat(fixture.cluster.leftovers()).isEmpty();
    }

    @Test
    void shouldReportTheReasonAndTheLogOfTheHost() {
        // given
        fixture.failKubeletStart("port 10250 is taken").withoutRetry().startWithAgent();

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end)
                .isEqualTo(new JoinResult(
                        Phase.Failed, new Problem(ErrorCode.KUBELET_NOT_STARTED, "port 10250 is taken")));
        JoinFailed outcome = fixture.failure();
        assertThat(outcome.hostLog()).isNotEmpty();
        assertThat(outcome.residue()).isEmpty();
        assertThat(outcome.retryable()).isTrue();
        assertThat(outcome.phases()).extracting(phase -> phase.phase()).contains(Phase.TokenIssued, Phase.Compensating);
    }

    @Test
    void shouldCloseTheWorkflowAsFailedWithTheErrorCodeAsTypeAndWithoutAStackTrace() {
        // given
        fixture.failKubeletStart("port 10250 is taken").withoutRetry().startWithAgent();

        // when
        fixture.awaitResult();

        // then
        Failure failure = fixture.history()
                .getLastEvent()
                .getWorkflowExecutionFailedEventAttributes()
                .getFailure();
        assertThat(failure.getApplicationFailureInfo().getType()).isEqualTo("KUBELET_NOT_STARTED");
        assertThat(failure.getMessage()).isEqualTo("port 10250 is taken");
        assertThat(failure.getStackTrace()).isEmpty();
    }

    @Test
    void shouldFailIfTheKubeletWithACertificateIsNotActiveInTime() {
        // given
        fixture.requestCertificateAtOnce();
        fixture.script.before("Node_AwaitRegistered", () -> fixture.sleep(Duration.ofMinutes(4)));
        fixture.withoutRetry().startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.KUBELET_NOT_STARTED);
        assertThat(fixture.failure().phases()).extracting(PhaseTime::phase).contains(Phase.CertificateIssued);
        assertThat(fixture.cluster.leftovers()).isEmpty();
    }

    @Test
    void shouldFailIfTheHostHasNoKeyForItsKubelet() {
        // given
        fixture.script.answer("Host_PrepareHost", new HostResult.HostPrepared("plan", List.of(), null));
        fixture.withoutRetry().startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.HOST_PREPARE_FAILED);
        assertThat(fixture.cluster.everIssued).isEmpty();
        assertThat(fixture.cluster.leftovers()).isEmpty();
    }

    @Test
    void shouldFailIfTheKubeletIsNotActiveInTime() {
        // given
        fixture.script.failAlways("Host_StartKubelet", FailureType.UNAVAILABLE, ErrorCode.AGENT_UNREACHABLE);
        fixture.script.failAlways("Csr_Decide", FailureType.UNAVAILABLE, ErrorCode.CLUSTER_UNAVAILABLE);
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().reason()).isIn(ErrorCode.KUBELET_NOT_STARTED, ErrorCode.AGENT_UNREACHABLE);
        assertThat(fixture.cluster.leftovers()).isEmpty();
    }
}
