package io.nodejoin.testbed.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoLockTest {
    @TempDir
    Path directory;

    @Test
    void shouldGiveTheRightToOneAtATime() {
        // given
        Path file = directory.resolve("beds/demo.running");
        Optional<DemoLock> first = DemoLock.tryAcquire(file);

        // when
        Optional<DemoLock> second = DemoLock.tryAcquire(file);

        // then
        assertThat(first).isPresent();
        assertThat(second).isEmpty();
        first.orElseThrow().close();
    }

    @Test
    void shouldGiveTheRightAgainWhenItWasGivenBack() {
        // given
        Path file = directory.resolve("demo.running");
        DemoLock.tryAcquire(file).orElseThrow().close();

        // when
        Optional<DemoLock> next = DemoLock.tryAcquire(file);

        // then
        assertThat(next).isPresent();
        next.orElseThrow().close();
    }
}
