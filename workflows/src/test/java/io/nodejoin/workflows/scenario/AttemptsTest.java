package io.nodejoin.workflows.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.protocol.event.JoinPhaseChanged;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.workflows.csr.CertificateResult;
import io.nodejoin.workflows.event.OutcomeEvent;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.lifecycle.JoinResult;
import io.nodejoin.workflows.node.NodeState;
import io.nodejoin.workflows.temporal.StepOptions;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AttemptsTest {
    @RegisterExtension
    final WorkflowFixture fixture = new WorkflowFixture();

    @Test
    void shouldJoinInAnotherAttemptWithAnotherToken() {
        // given
        fixture.failKubeletStart("port is taken");
        fixture.startWithAgent();

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
        assertThat(fixture.cluster.everIssued).hasSize(2);
        assertThat(fixture.cluster.leftovers()).containsExactly("nodes[w1]", "joined[w1]");
    }

    @Test
    void shouldCompensateAnAttemptCompletelyBeforeTheNext() {
        // given
        fixture.failKubeletStart("port is taken");
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.script.effects())
                .containsSubsequence(
                        "Host_StartKubelet",
                        "Host_ResetHost",
                        "Csr_DenyPending",
                        "Host_Preflight",
                        "Host_PrepareHost",
                        "Token_Issue",
                        "Host_StartKubelet");
    }

    @Test
    void shouldPublishEachPhaseOfEachAttemptAndWhyOneWasCompensated() {
        // given
        fixture.failKubeletStart("port is taken");
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.events.published.stream().map(AttemptsTest::turn))
                .containsExactly(
                        "Requested",
                        "AgentConnected",
                        "HostPrepared",
                        "TokenIssued",
                        "Compensating",
                        "AgentConnected/2",
                        "HostPrepared/2",
                        "TokenIssued/2",
                        "CertificateIssued",
                        "KubeletStarted",
                        "NodeReady",
                        "Joined");
        assertThat(fixture.events.ofType(JoinPhaseChanged.class))
                .allSatisfy(told -> assertThat(told.reason())
                        .isEqualTo(told.phase() == Phase.Compensating ? ErrorCode.KUBELET_NOT_STARTED : null));
        assertThat(fixture.events.ofType(JoinSucceeded.class).getFirst().phases())
                .extracting(PhaseTime::phase)
                .filteredOn(Phase.TokenIssued::equals)
                .hasSize(2);
        assertThat(fixture.workflow().progress().problem()).isNull();
    }

    @Test
    void shouldFailAfterThreeAttemptsWithTheProblemOfTheLast() {
        // given
        fixture.failKubeletStart("port is taken")
                .failKubeletStart("port is taken")
                .failKubeletStart("port is still taken")
                .startWithAgent();

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end)
                .isEqualTo(new JoinResult(
                        Phase.Failed, new Problem(ErrorCode.KUBELET_NOT_STARTED, "port is still taken")));
        assertThat(fixture.cluster.everIssued).hasSize(StepOptions.MAX_ATTEMPTS);
        assertThat(fixture.failure().hostLog()).isNotEmpty();
        assertThat(fixture.cluster.leftovers()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorCode.class,
            names = {"TOKEN_LOST", "CSR_TIMEOUT", "CERTIFICATE_NOT_ISSUED", "CSR_KEY_MISMATCH", "CLUSTER_AUTH_FAILED"})
    void shouldStartAnotherAttemptIfTheCodeIsRetryable(ErrorCode code) {
        // given
        fixture.script.answer("Csr_Decide", new CertificateResult.TimedOut(new Problem(code, "this time")));
        fixture.startWithAgent();

        // then
        assertThat(fixture.awaitResult().phase()).isEqualTo(Phase.Joined);
        assertThat(fixture.cluster.everIssued).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorCode.class,
            names = {"NODE_IDENTITY_MISMATCH", "CSR_RULE_VIOLATED", "TOO_MANY_CSRS", "CSR_DENIED_EXTERNALLY"})
    void shouldNotStartAnotherAttemptIfTheCodeIsNotRetryable(ErrorCode code) {
        // given
        fixture.script.answer("Csr_Decide", new CertificateResult.Denied("csr-1", new Problem(code, "for good")));
        fixture.startWithAgent();

        // then
        assertThat(fixture.awaitResult().phase()).isEqualTo(Phase.Failed);
        assertThat(fixture.cluster.everIssued).hasSize(1);
    }

    @Test
    void shouldCompensateAnAttemptWhoseNodeDidNotRegisterAndJoinInTheNext() {
        // given
        fixture.script.answer(
                "Node_AwaitRegistered",
                new NodeState.Failed(new Problem(ErrorCode.NODE_NOT_REGISTERED, "no such node")));
        fixture.startWithAgent();

        // then
        assertThat(fixture.awaitResult().phase()).isEqualTo(Phase.Joined);
        assertThat(fixture.cluster.quarantines).isEmpty();
    }

    @Test
    void shouldNotStartAnotherAttemptBeforeThereIsAnythingToCompensate() {
        // given
        fixture.script.failAlways("ClusterInfo_Ensure", FailureType.FORBIDDEN, ErrorCode.CLUSTER_AUTH_FAILED);
        fixture.start();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.CLUSTER_AUTH_FAILED);
        assertThat(Collections.frequency(fixture.script.calls(), "ClusterInfo_Ensure"))
                .isEqualTo(1);
    }

    @Test
    void shouldNotStartAnotherAttemptAfterResidue() {
        // given
        fixture.failKubeletStart("port is taken");
        fixture.script.answer("Host_ResetHost", FakeHost.failed(ErrorCode.HOST_RESET_FAILED, "the disk is read-only"));
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.KUBELET_NOT_STARTED);
        assertThat(fixture.failure().residue()).singleElement().asString().contains("the disk is read-only");
        assertThat(fixture.cluster.everIssued).hasSize(1);
    }

    @Test
    void shouldNotStartAnAttemptTooCloseToTheDeadline() {
        // given
        fixture.failKubeletStart("port is taken");
        fixture.withoutRetry().startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.KUBELET_NOT_STARTED);
        assertThat(fixture.cluster.everIssued).hasSize(1);
    }

    @Test
    void shouldEndAtTheDeadlineInAnyAttempt() {
        // given
        fixture.failKubeletStart("port is taken");
        fixture.script.scriptNext("Token_Issue", Supplier::get);
        fixture.script.loseAnswer("Token_Issue");
        fixture.script.failAlways("Token_Issue", FailureType.CONFLICT, ErrorCode.CLUSTER_INFO_SIGNATURE_MISSING);
        fixture.withDeadline(Duration.ofMinutes(4)).startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.JOIN_DEADLINE_EXCEEDED);
        assertThat(fixture.cluster.everIssued).hasSize(2);
        assertThat(fixture.cluster.leftovers()).containsExactly("ledger[token-2]");
    }

    @Test
    void shouldEndAsCancelledIfAbortedWhileAnAttemptIsCompensated() {
        // given
        fixture.failKubeletStart("port is taken");
        fixture.script.before("Token_DeleteSecret", fixture::abort);
        fixture.startWithAgent();

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Cancelled);
        assertThat(fixture.events.ofType(JoinCancelled.class).getFirst().reason())
                .isEqualTo(ErrorCode.CANCELLED_BY_REQUEST);
        assertThat(fixture.cluster.everIssued).hasSize(1);
        assertThat(fixture.cluster.leftovers()).isEmpty();
    }

    @Test
    void shouldEndAsCancelledIfTemporalCancelsItWhileAnAttemptIsCompensated() {
        // given
        fixture.failKubeletStart("port is taken");
        fixture.script.before("Token_DeleteSecret", fixture::cancelByTemporal);
        fixture.startWithAgent();

        // when
        fixture.awaitFirstRunClosed();

        // then
        assertThat(fixture.events.ofType(JoinCancelled.class)).hasSize(1);
        assertThat(fixture.cluster.everIssued).hasSize(1);
        assertThat(fixture.cluster.leftovers()).isEmpty();
    }

    @Test
    void shouldEndAsCancelledIfAbortedInTheSecondAttempt() {
        // given
        fixture.failKubeletStart("port is taken");
        fixture.script.before("Node_AwaitRegistered", fixture::abort);
        fixture.startWithAgent();

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Cancelled);
        assertThat(fixture.cluster.everIssued).hasSize(2);
        assertThat(fixture.cluster.leftovers()).isEmpty();
    }

    @Test
    void shouldBeSupersededByANewerRequestWhileAnAttemptIsCompensated() {
        // given
        fixture.failKubeletStart("port is taken");
        fixture.script.before("Token_DeleteSecret", () -> fixture.supersede("event-2", 1));
        fixture.startWithAgent();

        // when
        fixture.awaitFirstRunClosed();

        // then
        assertThat(fixture.events.ofType(JoinCancelled.class).getFirst().reason())
                .isEqualTo(ErrorCode.SUPERSEDED);
    }

    /** Returns the part of an event id after the run id. */
    private static String turn(OutcomeEvent told) {
        List<String> parts = List.of(told.id().split("/"));
        int phase = parts.getLast().matches("\\d") ? parts.size() - 2 : parts.size() - 1;
        return String.join("/", parts.subList(phase, parts.size()));
    }
}
