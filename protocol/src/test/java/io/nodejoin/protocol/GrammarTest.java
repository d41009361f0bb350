package io.nodejoin.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GrammarTest {
    @ParameterizedTest
    @CsvSource(textBlock = """
            '[0-9a-f]{4}',            'beef',
            '[0-9a-f]{4}',            '',        0
            '[0-9a-f]{4}',            'bee',     3
            '[0-9a-f]{4}',            'beefy',   4
            '[0-9a-f]{4}',            'bEef',    1
            '[a-z]([-a-z]{0,3}[a-z])?', 'a-b',
            '[a-z]([-a-z]{0,3}[a-z])?', 'a-',    2
            '[a-z]([-a-z]{0,3}[a-z])?', 'abcdef', 5
            '([a-z]+/)?[A-Z]+',       'ab/Cd',   4
            '([a-z]+/)?[A-Z]+',       'ab',      2
            '([a-z]+/)?[A-Z]+',       'a/b',     2
            'NoSchedule|NoExecute',   'NoSched', 7
            'NoSchedule|NoExecute',   'NoE',     3
            'NoSchedule|NoExecute',   'Nothing', 2
            """)
    void shouldReportTheFirstInvalidCharacter(String expression, String text, Integer offset) {
        if (offset == null) {
            assertThat(Grammar.of(expression).firstMismatch(text)).isEmpty();
        } else {
            assertThat(Grammar.of(expression).firstMismatch(text)).hasValue(offset);
        }
    }
}
