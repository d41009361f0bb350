package io.nodejoin.workflows.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.workflows.failure.FailureType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SilentHostTest {
    @RegisterExtension
    final JoinBed bed = new JoinBed();

    @Test
    void shouldGiveUpAHostThatNeverEnrollsAndIssueNoToken() {
        // given
        bed.start();

        // when
        JoinEnd end = bed.end();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Failed);
        assertThat(bed.failure().reason()).isEqualTo(ErrorCode.AGENT_UNREACHABLE);
        assertThat(bed.failure().detail()).contains("w1", "did not enroll");
        assertThat(bed.took()).isGreaterThanOrEqualTo(JoinOptions.AGENT_CONNECTS);
        assertThat(bed.script.effects()).containsExactlyInAnyOrder("ClusterInfo_Ensure", "Node_Inspect");
    }

    @Test
    void shouldGiveUpAHostThatEnrollsButDoesNotConnect() {
        // given
        bed.start();
        bed.enroll(JoinBed.SECRET_DIGEST, JoinBed.KEY);

        // when
        bed.end();

        // then
        assertThat(bed.failure().reason()).isEqualTo(ErrorCode.AGENT_UNREACHABLE);
        assertThat(bed.failure().detail()).contains("did not connect");
        assertThat(bed.cluster.everIssued).isEmpty();
    }

    @Test
    void shouldGiveUpAHostThatFallsSilentWhileItIsPreparedAndIssueNoToken() {
        // given
        bed.script.failAlways("Host_PrepareHost", FailureType.UNAVAILABLE, ErrorCode.AGENT_UNREACHABLE);
        bed.startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.failure().reason()).isEqualTo(ErrorCode.AGENT_UNREACHABLE);
        assertThat(bed.failure().detail()).contains("PrepareHost");
        assertThat(bed.cluster.everIssued).isEmpty();
        assertThat(bed.cluster.leftovers()).isEmpty();
    }

    @Test
    void shouldTakeBackAJoinWhoseHostStillFindsItsTokenAccepted() {
        // given
        bed.script.next("Host_StartKubelet", honest -> {
            Object bootstrapped = honest.get();
            return FakeHost.failed(ErrorCode.REVOCATION_UNVERIFIED, "accepted after " + bootstrapped);
        });
        bed.once().startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.failure().reason()).isEqualTo(ErrorCode.REVOCATION_UNVERIFIED);
        assertThat(bed.cluster.everIssued).hasSize(1);
        assertThat(bed.cluster.leftovers()).isEmpty();
    }
}
