package io.nodejoin.testbed.provision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheTest {
    @TempDir
    Path root;

    @Test
    void shouldMakeAnEntryOnce() {
        // given
        Cache cache = new Cache(root);
        AtomicInteger made = new AtomicInteger();
        cache.getOrCreate("thing-1", directory -> write(directory.resolve("file"), made.incrementAndGet()));

        // when
        Path entry = cache.getOrCreate("thing-1", _ -> made.incrementAndGet());

        // then
        assertThat(entry.resolve("file")).hasContent("1");
        assertThat(made).hasValue(1);
    }

    @Test
    void shouldMakeAnEntryOnceForTwoThreads() {
        // given
        Cache cache = new Cache(root);
        AtomicInteger made = new AtomicInteger();
        CompletableFuture<Path> second = new CompletableFuture<>();
        Thread other = Thread.ofPlatform()
                .unstarted(() -> second.completeAsync(
                        () -> cache.getOrCreate("thing-1", _ -> made.incrementAndGet()), Runnable::run));

        // when
        Path first = cache.getOrCreate("thing-1", directory -> {
            other.start();
            await().until(() -> other.getState() == Thread.State.WAITING || !other.isAlive());
            write(directory.resolve("file"), made.incrementAndGet());
        });

        // then
        assertThat(second).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(first);
        assertThat(made).hasValue(1);
    }

    @Test
    void shouldShowNothingOfAnEntryThatFailed() {
        // given
        Cache cache = new Cache(root);
        assertThatThrownBy(() -> cache.getOrCreate("thing-1", directory -> {
                    write(directory.resolve("half"), 1);
                    throw new IllegalStateException("no network");
                }))
                .hasMessage("no network");

        // when
        Path entry = cache.getOrCreate("thing-1", directory -> write(directory.resolve("whole"), 2));

        // then
        assertThat(entry.resolve("whole")).exists();
        assertThat(entry.resolve("half")).doesNotExist();
    }

    @Test
    void shouldDigestBoundariesToo() {
        // given
        List<String> one = List.of("ab", "c");
        List<String> other = List.of("a", "bc");

        // when
        String digest = Cache.digest(one);

        // then
        assertThat(digest).hasSize(12).isNotEqualTo(Cache.digest(other));
    }

    private static void write(Path file, int content) {
        try {
            Files.writeString(file, Integer.toString(content));
        } catch (IOException cannotWrite) {
            throw new UncheckedIOException(cannotWrite);
        }
    }
}
