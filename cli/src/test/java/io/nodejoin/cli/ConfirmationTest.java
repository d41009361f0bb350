package io.nodejoin.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfirmationTest {
    @ParameterizedTest
    @CsvSource({"y, true", "YES, true", "n, false", "'', false", "yep, false"})
    void shouldDoItOnlyForAYes(String answer, boolean expected) {
        // given
        List<String> questions = new ArrayList<>();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
        Terminal terminal = new Terminal(stream, stream, false, question -> {
            questions.add(question);
            return answer;
        });

        // when
        boolean given = new Confirmation().isGiven(terminal, "Leave?");

        // then
        assertThat(given).isEqualTo(expected);
        assertThat(questions).containsExactly("Leave? [y/N] ");
        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo(expected ? "" : "nothing was done\n");
    }
}
