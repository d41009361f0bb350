package io.nodejoin.gateway.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.gateway.config.AdmissionSettings;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LatencyLimitTest {
    private static final long FAST = Duration.ofMillis(200).toNanos();
    private static final long SLOW = Duration.ofSeconds(4).toNanos();

    private final AdmissionSettings settings = AdmissionSettings.defaults();
    private final LatencyLimit limit = new LatencyLimit(settings);

    @Test
    void shouldGrowByAboutOneForARoundOfFastJoins() {
        // when
        observeFast(settings.initial() + 1, true);
        // then
        assertThat(limit.current()).isEqualTo(settings.initial() + 1);
    }

    @Test
    void shouldNotGrowWhileItIsNotUsed() {
        // when
        observeFast(1000, false);
        // then
        assertThat(limit.current()).isEqualTo(settings.initial());
    }

    @Test
    void shouldNotGrowBeyondItsMaximum() {
        // when
        observeFast(10_000, true);
        // then
        assertThat(limit.current()).isEqualTo(settings.max());
    }

    @Test
    void shouldShrinkOnceForAllThatBeganTogether() {
        // when
        for (int join = 0; join < settings.initial(); join++) {
            limit.observe(0, SLOW + join, true);
        }
        // then
        assertThat(limit.current()).isEqualTo(settings.initial() * 2 / 3);
    }

    @Test
    void shouldShrinkAgainForWhatBeganAfterwards() {
        // given
        limit.observe(0, SLOW, true);
        // when
        limit.observe(SLOW, SLOW + SLOW, true);
        // then
        assertThat(limit.current()).isEqualTo(settings.initial() * 4 / 9);
    }

    @Test
    void shouldNotShrinkBelowItsMinimum() {
        // when
        for (int round = 0; round < 20; round++) {
            limit.observe(round * SLOW, (round + 1) * SLOW, true);
        }
        // then
        assertThat(limit.current()).isEqualTo(settings.min());
    }

    @Test
    void shouldStayBetweenTargetAndOverload() {
        // when
        limit.observe(0, Duration.ofSeconds(2).toNanos(), true);
        // then
        assertThat(limit.current()).isEqualTo(settings.initial());
    }

    private void observeFast(int times, boolean used) {
        for (int join = 0; join < times; join++) {
            limit.observe(0, FAST, used);
        }
    }
}
