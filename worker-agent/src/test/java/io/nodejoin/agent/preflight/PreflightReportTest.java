package io.nodejoin.agent.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nodejoin.protocol.ErrorCode;
import java.util.List;
import org.junit.jupiter.api.Test;

class PreflightReportTest {
    private static final HostCheck PORT =
            HostCheck.error("port", "unused ports", "end it", _ -> new CheckResult.Passed());
    private static final HostCheck SWAP =
            HostCheck.warning("long-name", "no swap", "swapoff -a", _ -> new CheckResult.Passed());
    private static final CheckResult FAILED = new CheckResult.Failed(List.of("one", "two"));

    private static CheckReport outcome(HostCheck check, CheckResult result, boolean ignored) {
        return new CheckReport(check, result, ErrorCode.HOST_PREFLIGHT_FAILED, ignored);
    }

    private static PreflightReport mixed() {
        return new PreflightReport(List.of(
                outcome(PORT, new CheckResult.Passed(), false),
                outcome(PORT, FAILED, false),
                outcome(SWAP, FAILED, false),
                outcome(PORT, FAILED, true),
                outcome(SWAP, new CheckResult.Skipped("no systemd"), false)));
    }

    @Test
    void shouldPrintResultsAndRemediesInATable() {
        // when
        String table = mixed().table();

        // then
        assertThat(table).isEqualTo("""
                port       passed
                port       error    one; two
                                    repair: end it
                long-name  warning  one; two
                                    repair: swapoff -a
                port       ignored  one; two
                                    repair: end it
                long-name  skipped  no systemd
                5 checks: 1 passed, 1 errors, 1 warnings, 1 ignored, 1 skipped
                """);
    }

    @Test
    void shouldPrintTheSameAsJson() throws JsonProcessingException {
        // when
        JsonNode json = new JsonMapper().readTree(mixed().json());

        // then
        assertThat(json.path("passed").asBoolean(true)).isFalse();
        assertThat(json.path("checks").findValuesAsText("result"))
                .containsExactly("passed", "error", "warning", "ignored", "skipped");
        assertThat(json.at("/checks/1").toString())
                .isEqualTo("{\"name\":\"port\",\"severity\":\"error\",\"result\":\"error\",\"detail\":\"one; two\","
                        + "\"remedy\":\"end it\"}");
    }

    @Test
    void shouldPassWithWarningsAndIgnoredErrors() {
        // given
        PreflightReport report =
                new PreflightReport(List.of(outcome(SWAP, FAILED, false), outcome(PORT, FAILED, true)));

        // when
        boolean passed = report.passed();

        // then
        assertThat(passed).isTrue();
    }
}
