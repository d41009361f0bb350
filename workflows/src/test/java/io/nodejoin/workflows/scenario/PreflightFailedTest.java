package io.nodejoin.workflows.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.ReasonClass;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.lifecycle.JoinResult;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PreflightFailedTest {
    @RegisterExtension
    final WorkflowFixture fixture = new WorkflowFixture();

    @Test
    void shouldFailWithTheProblemAndLogOfTheHostAndChangeNothing() {
        // given
        fixture.script.answer(
                "Host_Preflight", FakeHost.failed(ErrorCode.HOST_PREFLIGHT_FAILED, "no kubelet at /usr/bin/kubelet"));
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        JoinFailed outcome = fixture.failure();
        assertThat(outcome.reason()).isEqualTo(ErrorCode.HOST_PREFLIGHT_FAILED);
        assertThat(outcome.reasonClass()).isEqualTo(ReasonClass.HOST_PREFLIGHT);
        assertThat(outcome.detail()).contains("/usr/bin/kubelet");
        assertThat(outcome.hostLog()).containsExactly("last line of the host's log");
        assertThat(outcome.replaceHost()).isTrue();
        assertThat(outcome.retryAfter()).isZero();
        assertThat(fixture.script.effects()).doesNotContain("Host_PrepareHost", "Token_Issue", "Host_ResetHost");
    }

    @Test
    void shouldJoinOnceTheHostReachesTheApiServerAgain() {
        // given
        fixture.script.answer("Host_Preflight", cutOff());
        fixture.script.answer("Host_Preflight", cutOff());
        fixture.startWithAgent();

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
    }

    @Test
    void shouldReportTheHostsNetworkIfOthersReachTheApiServer() {
        // given
        fixture.script.answerAlways("Host_Preflight", cutOff());
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.HOST_CANNOT_REACH_API_SERVER);
        assertThat(fixture.failure().reasonClass()).isEqualTo(ReasonClass.NETWORK);
        assertThat(fixture.failure().replaceHost()).isTrue();
        assertThat(Duration.between(
                        fixture.failure().phases().getFirst().at(),
                        fixture.failure().phases().getLast().at()))
                .isBetween(Duration.ofSeconds(50), Duration.ofMinutes(2));
    }

    @Test
    void shouldNotReportTheHostsNetworkIfNobodyReachesTheApiServer() {
        // given
        fixture.script.answerAlways("Host_Preflight", cutOff());
        fixture.script.scriptNext("ClusterInfo_Ensure", Supplier::get);
        fixture.script.failAlways("ClusterInfo_Ensure", FailureType.UNAVAILABLE, ErrorCode.CLUSTER_UNAVAILABLE);
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.CLUSTER_UNAVAILABLE);
        assertThat(fixture.failure().replaceHost()).isFalse();
    }

    private static HostResult.HostFailed cutOff() {
        return FakeHost.failed(ErrorCode.HOST_CANNOT_REACH_API_SERVER, "api-server: no connection to 10.0.0.1:6443");
    }

    @Test
    void shouldReportAResultOfAnotherCommandAsInternalError() {
        // given
        fixture.script.answer("Host_Preflight", new HostResult.Diagnostics(List.of()));
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.INTERNAL);
        assertThat(fixture.failure().detail()).contains("Preflight", "Diagnostics");
    }
}
