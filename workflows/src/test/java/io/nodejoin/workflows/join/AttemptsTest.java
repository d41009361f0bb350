package io.nodejoin.workflows.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.join.JoinCancelled;
import io.nodejoin.protocol.join.JoinPhaseChanged;
import io.nodejoin.protocol.join.JoinSucceeded;
import io.nodejoin.protocol.join.PhaseTime;
import io.nodejoin.workflows.certificate.CertificateDecision;
import io.nodejoin.workflows.event.Announcement;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.node.NodeState;
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
    final JoinBed bed = new JoinBed();

    @Test
    void shouldJoinInAnotherAttemptWithAnotherToken() {
        // given
        bed.kubeletDoesNotStart("port is taken");
        bed.startWithAgent();

        // when
        JoinEnd end = bed.end();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
        assertThat(bed.cluster.everIssued).hasSize(2);
        assertThat(bed.cluster.leftovers()).containsExactly("nodes[w1]", "joined[w1]");
    }

    @Test
    void shouldTakeAnAttemptBackCompletelyBeforeTheNext() {
        // given
        bed.kubeletDoesNotStart("port is taken");
        bed.startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.script.effects())
                .containsSubsequence(
                        "Host_StartKubelet",
                        "Host_ResetHost",
                        "Certificate_DenyUndecided",
                        "Host_Preflight",
                        "Host_PrepareHost",
                        "Token_Issue",
                        "Host_StartKubelet");
    }

    @Test
    void shouldTellEachPhaseOfEachAttemptAndWhyOneWasTakenBack() {
        // given
        bed.kubeletDoesNotStart("port is taken");
        bed.startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.events.published.stream().map(AttemptsTest::turn))
                .containsExactly(
                        "Requested",
                        "AgentConnected",
                        "HostPrepared",
                        "TokenIssued",
                        "Compensating",
                        "AgentConnected/2",
                        "HostPrepared/2",
                        "TokenIssued/2",
                        "KubeletStarted",
                        "CertificateIssued",
                        "NodeReady",
                        "Joined");
        assertThat(bed.events.of(JoinPhaseChanged.class))
                .allSatisfy(told -> assertThat(told.reason())
                        .isEqualTo(told.phase() == Phase.Compensating ? ErrorCode.KUBELET_NOT_STARTED : null));
        assertThat(bed.events.of(JoinSucceeded.class).getFirst().phases())
                .extracting(PhaseTime::phase)
                .filteredOn(Phase.TokenIssued::equals)
                .hasSize(2);
        assertThat(bed.running().progress().problem()).isNull();
    }

    @Test
    void shouldFailAfterThreeAttemptsWithTheProblemOfTheLast() {
        // given
        bed.kubeletDoesNotStart("port is taken")
                .kubeletDoesNotStart("port is taken")
                .kubeletDoesNotStart("port is still taken")
                .startWithAgent();

        // when
        JoinEnd end = bed.end();

        // then
        assertThat(end)
                .isEqualTo(
                        new JoinEnd(Phase.Failed, new Problem(ErrorCode.KUBELET_NOT_STARTED, "port is still taken")));
        assertThat(bed.cluster.everIssued).hasSize(JoinOptions.ATTEMPTS);
        assertThat(bed.failure().hostLog()).isNotEmpty();
        assertThat(bed.cluster.leftovers()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorCode.class,
            names = {"TOKEN_LOST", "CSR_TIMEOUT", "CERT_NOT_ISSUED", "CSR_KEY_MISMATCH", "CLUSTER_AUTH_FAILED"})
    void shouldTryAgainWhatMayMendItself(ErrorCode code) {
        // given
        bed.script.answer("Certificate_Decide", new CertificateDecision.Missing(new Problem(code, "this time")));
        bed.startWithAgent();

        // then
        assertThat(bed.end().phase()).isEqualTo(Phase.Joined);
        assertThat(bed.cluster.everIssued).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorCode.class,
            names = {"NODE_IDENTITY_MISMATCH", "CSR_RULE_VIOLATED", "CSR_FLOOD", "CSR_DENIED_EXTERNALLY"})
    void shouldNotTryAgainWhatAnotherTokenDoesNotMend(ErrorCode code) {
        // given
        bed.script.answer("Certificate_Decide", new CertificateDecision.Denied("csr-1", new Problem(code, "for good")));
        bed.startWithAgent();

        // then
        assertThat(bed.end().phase()).isEqualTo(Phase.Failed);
        assertThat(bed.cluster.everIssued).hasSize(1);
    }

    @Test
    void shouldTakeANodeBackThatDidNotComeAboutInOneAttemptAndJoinInTheNext() {
        // given
        bed.script.answer(
                "Node_AwaitRegistered",
                new NodeState.Refused(new Problem(ErrorCode.NODE_NOT_REGISTERED, "no such node")));
        bed.startWithAgent();

        // then
        assertThat(bed.end().phase()).isEqualTo(Phase.Joined);
        assertThat(bed.cluster.holds).isEmpty();
    }

    @Test
    void shouldNotTryAgainBeforeThereIsAnythingToTakeBack() {
        // given
        bed.script.failAlways("ClusterInfo_Ensure", FailureType.FORBIDDEN, ErrorCode.CLUSTER_AUTH_FAILED);
        bed.startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.failure().reason()).isEqualTo(ErrorCode.CLUSTER_AUTH_FAILED);
        assertThat(Collections.frequency(bed.script.calls(), "ClusterInfo_Ensure"))
                .isEqualTo(1);
    }

    @Test
    void shouldNotTryAgainWhatCouldNotBeTakenBack() {
        // given
        bed.kubeletDoesNotStart("port is taken");
        bed.script.answer("Host_ResetHost", FakeHost.failed(ErrorCode.HOST_RESET_FAILED, "the disk is read-only"));
        bed.startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.failure().reason()).isEqualTo(ErrorCode.KUBELET_NOT_STARTED);
        assertThat(bed.failure().residue()).singleElement().asString().contains("the disk is read-only");
        assertThat(bed.cluster.everIssued).hasSize(1);
    }

    @Test
    void shouldNotBeginAnAttemptThatTheDeadlineWouldEnd() {
        // given
        bed.kubeletDoesNotStart("port is taken");
        bed.once().startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.failure().reason()).isEqualTo(ErrorCode.KUBELET_NOT_STARTED);
        assertThat(bed.cluster.everIssued).hasSize(1);
    }

    @Test
    void shouldEndAtTheDeadlineInWhicheverAttempt() {
        // given
        bed.kubeletDoesNotStart("port is taken");
        bed.script.next("ClusterInfo_PublishSignature", Supplier::get);
        bed.script.failAlways("ClusterInfo_PublishSignature", FailureType.UNAVAILABLE, ErrorCode.JWS_TIMEOUT);
        bed.deadline(Duration.ofMinutes(4)).startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.failure().reason()).isEqualTo(ErrorCode.JOIN_DEADLINE_EXCEEDED);
        assertThat(bed.cluster.everIssued).hasSize(2);
        assertThat(bed.cluster.leftovers()).containsExactly("ledger[k3x9a1]");
    }

    @Test
    void shouldEndAsCancelledWhenItIsAbortedWhileAnAttemptIsTakenBack() {
        // given
        bed.kubeletDoesNotStart("port is taken");
        bed.script.before("Token_Revoke", bed::abort);
        bed.startWithAgent();

        // when
        JoinEnd end = bed.end();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Cancelled);
        assertThat(bed.events.of(JoinCancelled.class).getFirst().reason()).isEqualTo(ErrorCode.CANCELLED_BY_REQUEST);
        assertThat(bed.cluster.everIssued).hasSize(1);
        assertThat(bed.cluster.leftovers()).isEmpty();
    }

    @Test
    void shouldEndAsCancelledWhenTemporalCancelsItWhileAnAttemptIsTakenBack() {
        // given
        bed.kubeletDoesNotStart("port is taken");
        bed.script.before("Token_Revoke", () -> bed.untyped().cancel());
        bed.startWithAgent();

        // when
        bed.endOfFirst();

        // then
        assertThat(bed.events.of(JoinCancelled.class)).hasSize(1);
        assertThat(bed.cluster.everIssued).hasSize(1);
        assertThat(bed.cluster.leftovers()).isEmpty();
    }

    @Test
    void shouldEndAsCancelledWhenItIsAbortedInTheSecondAttempt() {
        // given
        bed.kubeletDoesNotStart("port is taken");
        bed.script.before("Node_AwaitRegistered", bed::abort);
        bed.startWithAgent();

        // when
        JoinEnd end = bed.end();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Cancelled);
        assertThat(bed.cluster.everIssued).hasSize(2);
        assertThat(bed.cluster.leftovers()).isEmpty();
    }

    @Test
    void shouldGiveWayToANewerRequestWhileAnAttemptIsTakenBack() {
        // given
        bed.kubeletDoesNotStart("port is taken");
        bed.script.before("Token_Revoke", () -> bed.supersede("event-2", 1));
        bed.startWithAgent();

        // when
        bed.endOfFirst();

        // then
        assertThat(bed.events.of(JoinCancelled.class).getFirst().reason()).isEqualTo(ErrorCode.SUPERSEDED);
    }

    /** What an event is told of, without the run that tells it. */
    private static String turn(Announcement told) {
        List<String> parts = List.of(told.id().split("/"));
        int phase = parts.getLast().matches("\\d") ? parts.size() - 2 : parts.size() - 1;
        return String.join("/", parts.subList(phase, parts.size()));
    }
}
