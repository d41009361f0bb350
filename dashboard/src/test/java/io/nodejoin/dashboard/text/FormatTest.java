package io.nodejoin.dashboard.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormatTest {
    @ParameterizedTest
    @CsvSource({
        "PT-1S, 0 ms",
        "PT0.42S, 420 ms",
        "PT3.24S, 3.2 s",
        "PT47.9S, 47 s",
        "PT1M, 1 min",
        "PT3M5S, 3 min 5 s",
        "PT2H3M59S, 2 h 3 min",
        "PT49H, 2 d 1 h"
    })
    void shouldWriteADurationWithTwoUnitsAtMost(Duration duration, String text) {
        assertThat(Format.duration(duration)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"1, 100 %", "0, 0 %", "0.9999, 99.9 %", "0.987, 98.7 %"})
    void shouldSayAllOnlyIfItIsAll(double ratio, String text) {
        assertThat(Format.percent(ratio)).isEqualTo(text);
    }

    @Test
    void shouldSayHowMuchLongerOnlyIfItIsMuch() {
        assertThat(Format.change(Duration.ofMillis(1400), Duration.ofSeconds(1)))
                .isEqualTo("+40 %");
        assertThat(Format.change(Duration.ofMillis(500), Duration.ofSeconds(1))).isEqualTo("−50 %");
        assertThat(Format.change(Duration.ofMillis(1050), Duration.ofSeconds(1)))
                .isEmpty();
        assertThat(Format.change(null, Duration.ofSeconds(1))).isEmpty();
    }
}
