package io.nodejoin.agent.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessCommandRunnerTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final CommandRunner runner = new ProcessCommandRunner();

    @Test
    void shouldPassArgumentsWithoutShell() {
        // when
        CommandResult result = runner.run(List.of("echo", "$(id)", ";", "a b"), LONG);

        // then
        assertThat(result).isEqualTo(new CommandResult.Exited(0, "$(id) ; a b\n"));
    }

    @Test
    void shouldReportExitCode() {
        // when
        CommandResult result = runner.run(List.of("sh", "-c", "echo no >&2; exit 7"), LONG);

        // then
        assertThat(result).isEqualTo(new CommandResult.Exited(7, "no\n"));
        assertThat(result.succeeded()).isFalse();
    }

    @Test
    void shouldEndProgramWhenItsTimeIsOver() {
        // when
        CommandResult result = runner.run(List.of("sleep", "60"), Duration.ofMillis(50));

        // then
        assertThat(result).isInstanceOf(CommandResult.TimedOut.class);
    }

    @Test
    void shouldCutLongOutput() {
        // when
        CommandResult result = runner.run(List.of("head", "-c", "100000", "/dev/zero"), LONG);

        // then
        assertThat(result.output()).endsWith("[34464 bytes cut]");
    }

    @Test
    void shouldSayThatThereIsNoSuchProgram() {
        // when
        CommandResult result = runner.run(List.of("/no/such/program"), LONG);

        // then
        assertThat(result).isInstanceOf(CommandResult.NotStarted.class);
        assertThat(result.output()).contains("/no/such/program");
    }
}
