package io.nodejoin.agent.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessCommandRunnerTest {
    private static final Duration LONG_TIMEOUT = Duration.ofSeconds(30);

    private final CommandRunner runner = new ProcessCommandRunner();

    @Test
    void shouldPassArgumentsWithoutShell() {
        // when
        CommandResult result = runner.run(List.of("echo", "$(id)", ";", "a b"), LONG_TIMEOUT);

        // then
        assertThat(result).isEqualTo(new CommandResult.Exited(0, "$(id) ; a b\n"));
    }

    @Test
    void shouldReportExitCode() {
        // when
        CommandResult result = runner.run(List.of("sh", "-c", "echo no >&2; exit 7"), LONG_TIMEOUT);

        // then
        assertThat(result).isEqualTo(new CommandResult.Exited(7, "no\n"));
        assertThat(result.succeeded()).isFalse();
    }

    @Test
    void shouldKillAProgramAtItsTimeout() {
        // when
        CommandResult result = runner.run(List.of("sleep", "60"), Duration.ofMillis(50));

        // then
        assertThat(result).isInstanceOf(CommandResult.TimedOut.class);
    }

    @Test
    void shouldWaitForOutputThatEndsAfterItsProgram() {
        // when
        CommandResult result = runner.run(List.of("sh", "-c", "sleep 1 & echo active; sleep 0.2"), LONG_TIMEOUT);

        // then
        assertThat(result).isEqualTo(new CommandResult.Exited(0, "active\n"));
    }

    @Test
    void shouldNotReportOutputThatDoesNotEndInTimeAsEmpty() {
        // when
        CommandResult result =
                runner.run(List.of("sh", "-c", "sleep 2 & echo active; sleep 0.2"), Duration.ofMillis(500));

        // then
        assertThat(result).isNotEqualTo(new CommandResult.Exited(0, ""));
    }

    @Test
    void shouldTruncateLongOutput() {
        // when
        CommandResult result = runner.run(List.of("head", "-c", "1100000", "/dev/zero"), LONG_TIMEOUT);

        // then
        assertThat(result).isInstanceOf(CommandResult.Truncated.class);
        assertThat(result.output()).endsWith("[51424 bytes cut]");
        assertThat(result.succeeded()).isFalse();
    }

    @Test
    void shouldReportThatOutputIsTruncated() {
        // given
        List<String> talkative = List.of("head", "-c", "1000000000", "/dev/zero");

        // when
        HostException failure = catchThrowableOfType(
                HostException.class, () -> runner.runOrFail(talkative, LONG_TIMEOUT, ErrorCode.HOST_PREPARE_FAILED));

        // then
        assertThat(failure.problem().code()).isEqualTo(ErrorCode.STEP_OUTPUT_LIMIT);
        assertThat(failure.problem().detail()).contains("'head -c 1000000000 /dev/zero' wrote too much");
        assertThat(failure.problem().detail()).hasSizeLessThan(5_000);
    }

    @Test
    void shouldReportTheOutputOfAFailedProgram() {
        // when
        HostException failure = catchThrowableOfType(
                HostException.class,
                () -> runner.runOrFail(
                        List.of("sh", "-c", "echo no >&2; exit 7"), LONG_TIMEOUT, ErrorCode.HOST_RESET_FAILED));

        // then
        assertThat(failure.problem())
                .isEqualTo(new Problem(ErrorCode.HOST_RESET_FAILED, "'sh -c echo no >&2; exit 7' failed: no"));
    }

    @Test
    void shouldReturnTheOutputOfASuccessfulProgram() {
        assertThat(runner.runOrFail(List.of("echo", "yes"), LONG_TIMEOUT, ErrorCode.INTERNAL))
                .isEqualTo("yes\n");
    }

    @Test
    void shouldReportAMissingProgram() {
        // when
        CommandResult result = runner.run(List.of("/no/such/program"), LONG_TIMEOUT);

        // then
        assertThat(result).isInstanceOf(CommandResult.NotStarted.class);
        assertThat(result.output()).contains("/no/such/program");
    }
}
