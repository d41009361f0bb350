package io.nodejoin.workflows.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.join.JoinFailed;
import io.nodejoin.protocol.join.ReasonClass;
import io.nodejoin.workflows.failure.FailureType;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PreflightFailedTest {
    @RegisterExtension
    final JoinBed bed = new JoinBed();

    @Test
    void shouldFailWithTheHostsProblemAndLogAndChangeNothing() {
        // given
        bed.script.answer(
                "Host_Preflight", FakeHost.failed(ErrorCode.HOST_PREFLIGHT_FAILED, "no kubelet at /usr/bin/kubelet"));
        bed.startWithAgent();

        // when
        bed.end();

        // then
        JoinFailed outcome = bed.failure();
        assertThat(outcome.reason()).isEqualTo(ErrorCode.HOST_PREFLIGHT_FAILED);
        assertThat(outcome.reasonClass()).isEqualTo(ReasonClass.HOST_PREFLIGHT);
        assertThat(outcome.detail()).contains("/usr/bin/kubelet");
        assertThat(outcome.hostLog()).containsExactly("last line of the host's log");
        assertThat(outcome.replaceHost()).isTrue();
        assertThat(outcome.retryAfter()).isZero();
        assertThat(bed.script.effects()).doesNotContain("Host_PrepareHost", "Token_Reserve", "Host_ResetHost");
    }

    @Test
    void shouldJoinOnceTheHostReachesTheApiServerAgain() {
        // given
        bed.script.answer("Host_Preflight", cutOff());
        bed.script.answer("Host_Preflight", cutOff());
        bed.startWithAgent();

        // when
        JoinEnd end = bed.end();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
    }

    @Test
    void shouldBlameTheHostsNetworkIfOthersReachTheApiServer() {
        // given
        bed.script.answerAlways("Host_Preflight", cutOff());
        bed.startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.failure().reason()).isEqualTo(ErrorCode.API_SERVER_UNREACHABLE);
        assertThat(bed.failure().reasonClass()).isEqualTo(ReasonClass.NETWORK);
        assertThat(bed.failure().replaceHost()).isTrue();
        assertThat(Duration.between(
                        bed.failure().phases().getFirst().at(),
                        bed.failure().phases().getLast().at()))
                .isBetween(Duration.ofSeconds(50), Duration.ofMinutes(2));
    }

    @Test
    void shouldNotBlameTheHostForAnApiServerThatNobodyReaches() {
        // given
        bed.script.answerAlways("Host_Preflight", cutOff());
        bed.script.next("ClusterInfo_Ensure", Supplier::get);
        bed.script.failAlways("ClusterInfo_Ensure", FailureType.UNAVAILABLE, ErrorCode.JOIN_DEADLINE_EXCEEDED);
        bed.startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.failure().reason()).isEqualTo(ErrorCode.JOIN_DEADLINE_EXCEEDED);
        assertThat(bed.failure().replaceHost()).isFalse();
    }

    private static HostResult.HostFailed cutOff() {
        return FakeHost.failed(ErrorCode.API_SERVER_UNREACHABLE, "api-server: no connection to 10.0.0.1:6443");
    }

    @Test
    void shouldNameAnAnswerThatDoesNotFitTheCommandADefect() {
        // given
        bed.script.answer("Host_Preflight", new HostResult.Diagnostics(List.of()));
        bed.startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.failure().reason()).isEqualTo(ErrorCode.INTERNAL);
        assertThat(bed.failure().detail()).contains("Preflight", "Diagnostics");
    }
}
