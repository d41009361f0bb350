package io.nodejoin.workflows.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.join.JoinFailed;
import io.nodejoin.protocol.join.ReasonClass;
import java.util.List;
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
        assertThat(bed.script.effects()).doesNotContain("Host_PrepareHost", "Token_Reserve", "Host_ResetHost");
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
