package io.nodejoin.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CompletionCommandTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    void shouldCompleteInBashAndFish() {
        // when
        int bash = nodejoin("completion", "bash");
        int fish = nodejoin("completion", "fish");

        // then
        assertThat(bash).isEqualTo(ExitCodes.OK).isEqualTo(fish);
        assertThat(text(out))
                .contains("complete -F _complete_nodejoin -o default nodejoin")
                .contains("complete -c nodejoin -n '__fish_use_subcommand' -a status")
                .contains("complete -c nodejoin -n '__fish_seen_subcommand_from list' -l since -r -d");
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }

    private int nodejoin(String... line) {
        Terminal terminal = new Terminal(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8),
                false);
        return Main.commandLine(terminal, Map.of(), Clock.systemUTC()).execute(line);
    }
}
