package io.nodejoin.testbed.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class TokenLifetimesTest {
    private static final String AFTER = "a test";

    @Test
    void shouldHaveOneLifeOfEachJoin() {
        // given
        TokenLifetimes lifetimes = new TokenLifetimes(List.of(0.5, 0.5), List.of(-1.0, 0.0));

        // then
        assertThat(lifetimes.violations(AFTER, 2, 2)).isEmpty();
        assertThat(lifetimes.violations(AFTER, 3, 2))
                .containsExactly(
                        "of 3 joins 2 tokens are known to have ended after a test," + " and 2 after the end of a join");
    }

    @Test
    void shouldNotTakeUnknownEndsForGoodOnes() {
        assertThat(new TokenLifetimes(List.of(0.5), List.of()).violations(AFTER, 1, 2))
                .hasSize(1);
        assertThat(new TokenLifetimes(List.of(), List.of(0.5)).violations(AFTER, 1, 2))
                .hasSize(1);
    }

    @Test
    void shouldForgiveTheWorstHundredthAndNoMore() {
        assertThat(outlived(99, 1).violations(AFTER, 100, 2)).isEmpty();
        assertThat(outlived(99, 2).violations(AFTER, 101, 2))
                .singleElement()
                .asString()
                .contains("9.0 s");
    }

    private static TokenLifetimes outlived(int soon, int late) {
        List<Double> seconds = new ArrayList<>(Collections.nCopies(soon, 1.0));
        seconds.addAll(Collections.nCopies(late, 9.0));
        return new TokenLifetimes(seconds, seconds);
    }
}
