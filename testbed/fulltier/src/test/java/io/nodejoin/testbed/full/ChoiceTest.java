package io.nodejoin.testbed.full;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChoiceTest {
    private static final List<Part> ALL = List.of(part("one"), part("two"), part("three"), part("four"));
    private static final Results KNOWN = Results.none(
                    "0123456789abcdef", LocalDate.EPOCH, new Machine(2, null, null, null, null))
            .with("one", ended(Outcome.PASSED))
            .with("two", ended(Outcome.FAILED))
            .with("three", PartResult.skipped(Instant.EPOCH, "no root"));

    @Test
    void shouldGoOnWithWhatHasNotPassed() {
        // when
        List<Part> chosen = new Choice(List.of(), false).of(ALL, KNOWN);

        // then
        assertThat(chosen).extracting(Part::name).containsExactly("two", "three", "four");
    }

    @Test
    void shouldRunAllAgainIfTold() {
        // when
        List<Part> chosen = new Choice(List.of(), true).of(ALL, KNOWN);

        // then
        assertThat(chosen).isEqualTo(ALL);
    }

    @Test
    void shouldRunOnlyWhatIsNamed() {
        // when
        List<Part> chosen = new Choice(List.of("four", "one"), false).of(ALL, KNOWN);

        // then
        assertThat(chosen).extracting(Part::name).containsExactly("four");
    }

    @Test
    void shouldRefuseANameThatNoPartHas() {
        // given
        Choice choice = new Choice(List.of("one", "five"), false);

        // when / then
        assertThatThrownBy(() -> choice.of(ALL, KNOWN)).hasMessage("no part is called [five], see --list");
    }

    private static Part part(String name) {
        return new Part(name, "", List.of("true"), List.of(), Evidence.NONE);
    }

    private static PartResult ended(Outcome outcome) {
        return new PartResult(outcome, Instant.EPOCH, 5L, null, 0, null, null, List.of(), null, null);
    }
}
