package io.nodejoin.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.Finding;
import io.nodejoin.protocol.agent.HostResult;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UntrustedResultTest {
    private static final String OSC = "\u001b]0;owned\u0007";
    private static final String CSI = "\u001b[2J\u009b31m";
    private static final String BIDI = "\u202eevil";

    @Test
    void shouldTakeTheEscapesOutOfAllThatAHostSays() {
        // given
        HostResult hostile = new HostResult.HostFailed(
                new Problem(ErrorCode.KUBELET_NOT_STARTED, "unit" + OSC),
                List.of(new Finding("n" + CSI, Finding.Severity.ERROR, "d" + BIDI, "r\r\n")),
                List.of("log\tline" + CSI));

        // when
        HostResult plain = UntrustedResult.sanitize(hostile);

        // then
        assertThat(plain).isInstanceOfSatisfying(HostResult.HostFailed.class, failed -> {
            assertThat(failed.problem().code()).isEqualTo(ErrorCode.KUBELET_NOT_STARTED);
            assertThat(failed.problem().detail()).isEqualTo("unit\ufffd]0;owned\ufffd");
            assertThat(failed.findings())
                    .containsExactly(
                            new Finding("n\ufffd[2J\ufffd31m", Finding.Severity.ERROR, "d\ufffdevil", "r\ufffd\ufffd"));
            assertThat(failed.log()).containsExactly("log line\ufffd[2J\ufffd31m");
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"NODE_NAME_IN_USE", "CLUSTER_AUTH_FAILED", "EVENT_EXPIRED", "AUDIT_UNAVAILABLE"})
    void shouldNotLetAHostSpeakOfTheClusterOrOfTheRequest(ErrorCode chosen) {
        // given
        HostResult hostile = new HostResult.HostFailed(new Problem(chosen, "page them"), List.of(), List.of());

        // when
        HostResult plain = UntrustedResult.sanitize(hostile);

        // then
        assertThat(plain)
                .isInstanceOfSatisfying(
                        HostResult.HostFailed.class,
                        failed -> assertThat(failed.problem())
                                .isEqualTo(new Problem(
                                        ErrorCode.HOST_COMMAND_FAILED,
                                        "the host says " + chosen + ", which is not its to say: page them")));
    }

    @Test
    void shouldLeaveAnHonestResultAsItIs() {
        // given
        HostResult honest = new HostResult.HostPrepared("0f".repeat(32), List.of("kubelet-unit"), "ab".repeat(32));

        // then
        assertThat(UntrustedResult.sanitize(honest)).isEqualTo(honest);
    }
}
