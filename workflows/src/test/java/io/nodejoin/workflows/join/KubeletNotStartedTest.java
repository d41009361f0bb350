package io.nodejoin.workflows.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.join.JoinFailed;
import io.nodejoin.workflows.failure.FailureType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class KubeletNotStartedTest {
    @RegisterExtension
    final JoinBed bed = new JoinBed();

    @Test
    void shouldTakeEverythingBackInOrder() {
        // given
        bed.kubeletDoesNotStart("port 10250 is taken").once().startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.script.effects())
                .containsSubsequence(
                        "Host_StartKubelet",
                        "Host_ResetHost",
                        "Token_Revoke",
                        "ClusterInfo_RemoveSignature",
                        "Certificate_DenyUndecided",
                        "Certificate_Issued",
                        "Certificate_DenyUndecided")
                .doesNotContain("Node_AwaitRegistered");
        assertThat(bed.cluster.leftovers()).isEmpty();
    }

    @Test
    void shouldTellTheReasonAndTheHostsLog() {
        // given
        bed.kubeletDoesNotStart("port 10250 is taken").once().startWithAgent();

        // when
        JoinEnd end = bed.end();

        // then
        assertThat(end)
                .isEqualTo(
                        new JoinEnd(Phase.Failed, new Problem(ErrorCode.KUBELET_NOT_STARTED, "port 10250 is taken")));
        JoinFailed outcome = bed.failure();
        assertThat(outcome.hostLog()).isNotEmpty();
        assertThat(outcome.residue()).isEmpty();
        assertThat(outcome.retryable()).isTrue();
        assertThat(outcome.phases()).extracting(phase -> phase.phase()).contains(Phase.TokenIssued, Phase.Compensating);
    }

    @Test
    void shouldGiveUpAKubeletThatIsNotActiveInTime() {
        // given
        bed.script.failAlways("Host_StartKubelet", FailureType.UNAVAILABLE, ErrorCode.AGENT_UNREACHABLE);
        bed.script.failAlways("Certificate_Decide", FailureType.UNAVAILABLE, ErrorCode.JOIN_DEADLINE_EXCEEDED);
        bed.startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.failure().reason()).isIn(ErrorCode.KUBELET_NOT_STARTED, ErrorCode.AGENT_UNREACHABLE);
        assertThat(bed.cluster.leftovers()).isEmpty();
    }
}
