package io.nodejoin.testbed.provision;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.testbed.process.Await;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final ByteArrayOutputStream text = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(text, true, StandardCharsets.UTF_8);

    @Test
    void shouldSayWhatBeginsHowLongItTakesAndWhatItTook() {
        // given
        Progress progress = new Progress(out, Duration.ofHours(1));

        // when
        String result = progress.report("building Temporal, about 2 minutes, only the first time", () -> "built");

        // then
        assertThat(result).isEqualTo("built");
        assertThat(lines()).hasSize(2);
        assertThat(lines().getFirst()).isEqualTo("building Temporal, about 2 minutes, only the first time ...");
        assertThat(lines().getLast()).startsWith("building Temporal: done in ");
    }

    @Test
    void shouldShowLifeWhileLongWorkGoesOn() {
        // given
        Progress progress = new Progress(out, Duration.ofMillis(1));

        // when
        boolean shown = progress.report(
                "building Temporal, about 2 minutes",
                () -> Await.until(
                        Duration.ofSeconds(30), () -> lines().stream().anyMatch(line -> line.endsWith(" so far"))));

        // then
        assertThat(shown).isTrue();
    }

    @Test
    void shouldTellDurationsAsPeopleDo() {
        // given
        Duration sixMinutes = Duration.ofSeconds(372);

        // when
        String text = Progress.readable(sixMinutes);

        // then
        assertThat(text).isEqualTo("6m12s");
        assertThat(Progress.readable(Duration.ofMillis(4_830))).isEqualTo("4.8s");
    }

    private List<String> lines() {
        return text.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
