package io.nodejoin.testbed.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.testbed.faults.Cut;
import java.util.List;
import org.junit.jupiter.api.Test;

class CellTest {

    @Test
    void shouldBeThereForEveryStepOfAJoin() {
        assertThat(Cell.steps()).containsAll(Steps.OF_A_JOIN);
    }

    @Test
    void shouldBeThereForEveryStepInASampleToo() {
        // when
        List<List<Cell>> rounds = Cell.rounds(new Scale(false, 1), "kafka kills");

        // then
        assertThat(rounds)
                .singleElement()
                .satisfies(cells -> assertThat(cells)
                        .allMatch(Cell::waitsForOthers)
                        .extracting(Cell::step)
                        .containsAll(Cell.steps()));
    }

    @Test
    void shouldHaveARoundForEachCutInTheWhole() {
        // when
        List<List<Cell>> rounds = Cell.rounds(new Scale(true, 1), "kafka kills");

        // then
        assertThat(rounds)
                .satisfiesExactly(
                        cells -> assertThat(cells).extracting(Cell::cut).containsOnly(Cut.BEFORE),
                        cells -> assertThat(cells).extracting(Cell::cut).containsOnly(Cut.AFTER),
                        cells -> assertThat(cells).extracting(Cell::cut).containsOnly(Cut.RECORDED));
    }
}
