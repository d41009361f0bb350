package io.nodejoin.testbed.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class TokenLivesTest {
    private static final String AFTER = "a test";

    @Test
    void shouldHaveOneLifeOfEachJoin() {
        // given
        TokenLives lives = new TokenLives(List.of(0.5, 0.5), List.of(-1.0, 0.0));

        // then
        assertThat(lives.wrong(AFTER, 2, 2)).isEmpty();
        assertThat(lives.wrong(AFTER, 3, 2))
                .containsExactly(
                        "of 3 joins 2 tokens are known to have ended after a test," + " and 2 after the end of a join");
    }

    @Test
    void shouldNotTakeUnknownEndsForGoodOnes() {
        assertThat(new TokenLives(List.of(0.5), List.of()).wrong(AFTER, 1, 2)).hasSize(1);
        assertThat(new TokenLives(List.of(), List.of(0.5)).wrong(AFTER, 1, 2)).hasSize(1);
    }

    @Test
    void shouldForgiveTheWorstHundredthAndNoMore() {
        assertThat(outlived(99, 1).wrong(AFTER, 100, 2)).isEmpty();
        assertThat(outlived(99, 2).wrong(AFTER, 101, 2))
                .singleElement()
                .asString()
                .contains("9.0 s");
    }

    private static TokenLives outlived(int soon, int late) {
        List<Double> seconds = new ArrayList<>(Collections.nCopies(soon, 1.0));
        seconds.addAll(Collections.nCopies(late, 9.0));
        return new TokenLives(seconds, seconds);
    }
}
