package io.nodejoin.testbed.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CommandTest {

    @Test
    void shouldPassArgumentsAsTheyAre() {
        // given
        Command command = Command.of("printf", "%s", "$HOME; `id` \"'*");

        // when
        CommandResult result = command.run();

        // then
        assertThat(result.output()).isEqualTo("$HOME; `id` \"'*");
    }

    @Test
    void shouldFeedStandardInput() {
        // given
        Command command = Command.of("cat").withInput("grüße\n");

        // when
        CommandResult result = command.run();

        // then
        assertThat(result.output()).isEqualTo("grüße\n");
    }

    @Test
    void shouldEndWhatRunsTooLong() {
        // given
        Command command = Command.of("sh", "-c", "sleep 300 & wait").withTimeout(Duration.ofMillis(200));

        // when
        CommandResult result = command.run();

        // then
        assertThat(result.exitCode()).isEqualTo(Command.TIMED_OUT);
        assertThat(result.error()).contains("ran longer");
    }

    @Test
    void shouldKeepTheFirstMegabyteOnly() {
        // given
        Command command = Command.of("head", "-c", "3000000", "/dev/zero");

        // when
        CommandResult result = command.run();

        // then
        assertThat(result.succeeded()).isTrue();
        assertThat(result.output()).hasSize(1 << 20);
    }

    @Test
    void shouldTellWhatAFailedCommandSaid() {
        // given
        CommandResult result =
                Command.of("sh", "-c", "echo too bad >&2; exit 7").run();

        // when
        // then
        assertThatThrownBy(result::orFail)
                .isInstanceOf(CommandFailedException.class)
                .hasMessageContaining("exit code 7")
                .hasMessageContaining("too bad");
    }

    @Test
    void shouldNameAProgramThatIsNotThere() {
        // given
        Command command = Command.of("no-such-program");

        // when
        // then
        assertThatThrownBy(command::run)
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("no-such-program");
    }
}
