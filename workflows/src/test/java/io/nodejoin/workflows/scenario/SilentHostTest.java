package io.nodejoin.workflows.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.lifecycle.JoinResult;
import io.nodejoin.workflows.temporal.StepOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SilentHostTest {
    @RegisterExtension
    final WorkflowFixture fixture = new WorkflowFixture();

    @Test
    void shouldFailWithoutATokenIfAHostNeverEnrolls() {
        // given
        fixture.start();

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Failed);
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.AGENT_UNREACHABLE);
        assertThat(fixture.failure().detail()).contains("w1", "did not enroll");
        assertThat(fixture.duration()).isGreaterThanOrEqualTo(StepOptions.AGENT_CONNECT_TIMEOUT);
        assertThat(fixture.script.effects()).containsExactlyInAnyOrder("ClusterInfo_Ensure", "Node_CheckName");
    }

    @Test
    void shouldFailIfAHostEnrollsButDoesNotConnect() {
        // given
        fixture.start();
        fixture.enroll(WorkflowFixture.SECRET_DIGEST, WorkflowFixture.KEY);

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.AGENT_UNREACHABLE);
        assertThat(fixture.failure().detail()).contains("did not connect");
        assertThat(fixture.cluster.everIssued).isEmpty();
    }

    @Test
    void shouldFailWithoutATokenIfAHostFallsSilentWhileItIsPrepared() {
        // given
        fixture.script.failAlways("Host_PrepareHost", FailureType.UNAVAILABLE, ErrorCode.AGENT_UNREACHABLE);
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.AGENT_UNREACHABLE);
        assertThat(fixture.failure().detail()).contains("PrepareHost");
        assertThat(fixture.cluster.everIssued).isEmpty();
        assertThat(fixture.cluster.leftovers()).isEmpty();
    }

    @Test
    void shouldCompensateAJoinWhoseHostDoesNotObserveTheRejectionOfItsToken() {
        // given
        fixture.script.scriptNext("Host_StartKubelet", honest -> {
            Object bootstrapped = honest.get();
            return FakeHost.failed(ErrorCode.REVOCATION_UNVERIFIED, "accepted after " + bootstrapped);
        });
        fixture.withoutRetry().startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.REVOCATION_UNVERIFIED);
        assertThat(fixture.cluster.everIssued).hasSize(1);
        assertThat(fixture.cluster.leftovers()).isEmpty();
    }
}
