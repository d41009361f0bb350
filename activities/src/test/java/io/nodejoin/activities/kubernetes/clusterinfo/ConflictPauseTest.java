package io.nodejoin.activities.kubernetes.clusterinfo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ConflictPauseTest {
    private final List<Duration> pauses = new ArrayList<>();
    private final ConflictPause pause = ConflictPause.random(new SplittableRandom(1), pauses::add);

    @Test
    void shouldPauseForRandomTimesBelowAMaximum() {
        // when
        IntStream.rangeClosed(1, 100).forEach(pause::await);

        // then
        assertThat(pauses)
                .hasSize(100)
                .allSatisfy(time ->
                        assertThat(time).isGreaterThanOrEqualTo(Duration.ZERO).isLessThan(ConflictPause.MAX_PAUSE));
        assertThat(pauses.stream().distinct()).hasSizeGreaterThan(90);
    }

    @Test
    void shouldPauseBrieflyAfterTheFirstConflict() {
        // when
        IntStream.range(0, 100).forEach(_ -> pause.await(1));

        // then
        assertThat(pauses).allSatisfy(time -> assertThat(time).isLessThan(ConflictPause.FIRST_PAUSE));
    }
}
