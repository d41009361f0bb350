package io.nodejoin.testbed.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.testbed.failpoint.FailPosition;
import java.util.List;
import org.junit.jupiter.api.Test;

class KillPointTest {

    @Test
    void shouldBeThereForEveryStepOfAJoin() {
        assertThat(KillPoint.steps()).containsAll(StepNames.OF_A_JOIN);
    }

    @Test
    void shouldBeThereForEveryStepInASampleToo() {
        // when
        List<List<KillPoint>> rounds = KillPoint.rounds(new Scale(false, 1), "kafka kills");

        // then
        assertThat(rounds)
                .singleElement()
                .satisfies(cells -> assertThat(cells)
                        .allMatch(KillPoint::canHold)
                        .extracting(KillPoint::step)
                        .containsAll(KillPoint.steps()));
    }

    @Test
    void shouldHaveARoundForEachCutInTheWhole() {
        // when
        List<List<KillPoint>> rounds = KillPoint.rounds(new Scale(true, 1), "kafka kills");

        // then
        assertThat(rounds)
                .satisfiesExactly(
                        cells -> assertThat(cells)
                                .extracting(KillPoint::position)
                                .containsOnly(FailPosition.BEFORE),
                        cells -> assertThat(cells)
                                .extracting(KillPoint::position)
                                .containsOnly(FailPosition.AFTER),
                        cells -> assertThat(cells)
                                .extracting(KillPoint::position)
                                .containsOnly(FailPosition.RECORDED));
    }
}
