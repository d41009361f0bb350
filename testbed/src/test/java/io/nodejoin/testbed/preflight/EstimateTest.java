package io.nodejoin.testbed.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EstimateTest {
    @TempDir
    Path cache;

    private Durations durations;
    private Estimate estimate;

    @BeforeEach
    void prepare() {
        durations = new Durations(cache);
        estimate = new Estimate(durations, 4);
    }

    @Test
    void shouldGoByTheProcessorsWhereNothingWasMeasured() {
        // when
        String line = estimate.line(List.of("kubernetes", "host"), "demo");

        // then
        assertThat(line)
                .isEqualTo("takes about 5 min here: building kubernetes 4 min, host 15 s (only the first time),"
                        + " the demo itself 60 s");
    }

    @Test
    void shouldGoByWhatWasMeasured() {
        // given
        durations.record("kubernetes", Duration.ofMinutes(11));
        durations.record("demo", Duration.ofSeconds(33));

        // when
        String line = estimate.line(List.of("kubernetes"), "demo");

        // then
        assertThat(line)
                .isEqualTo(
                        "takes about 12 min here: building kubernetes 11 min (only the first time), the demo itself 33 s");
    }

    @Test
    void shouldTellTheDemoAloneWhereEverythingIsThere() {
        // given
        durations.record("demo", Duration.ofSeconds(33));

        // when
        String line = estimate.line(List.of(), "demo");

        // then
        assertThat(line).isEqualTo("takes about 33 s here");
    }
}
