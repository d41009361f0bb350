package io.nodejoin.testbed.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SoleRunTest {
    @TempDir
    Path directory;

    @Test
    void shouldGiveTheRightToOneAtATime() {
        // given
        Path file = directory.resolve("beds/demo.running");
        Optional<SoleRun> first = SoleRun.claim(file);

        // when
        Optional<SoleRun> second = SoleRun.claim(file);

        // then
        assertThat(first).isPresent();
        assertThat(second).isEmpty();
        first.orElseThrow().close();
    }

    @Test
    void shouldGiveTheRightAgainWhenItWasGivenBack() {
        // given
        Path file = directory.resolve("demo.running");
        SoleRun.claim(file).orElseThrow().close();

        // when
        Optional<SoleRun> next = SoleRun.claim(file);

        // then
        assertThat(next).isPresent();
        next.orElseThrow().close();
    }
}
