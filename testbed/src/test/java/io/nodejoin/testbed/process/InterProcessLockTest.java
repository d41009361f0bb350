package io.nodejoin.testbed.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InterProcessLockTest {
    @TempDir
    Path directory;

    @Test
    void shouldLetManyShareIt() throws InterruptedException {
        // given
        InterProcessLock lock = new InterProcessLock(directory.resolve("lock"));
        CountDownLatch bothInside = new CountDownLatch(2);

        // when
        List<Thread> threads = Stream.of("one", "two")
                .map(name -> Thread.ofVirtual()
                        .start(() -> lock.withSharedLock(() -> {
                            bothInside.countDown();
                            return await(bothInside);
                        })))
                .toList();

        // then
        assertThat(bothInside.await(20, TimeUnit.SECONDS)).isTrue();
        for (Thread thread : threads) {
            thread.join();
        }
    }

    @Test
    void shouldKeepSharersOutWhileHeldExclusively() throws InterruptedException {
        // given
        InterProcessLock lock = new InterProcessLock(directory.resolve("lock"));
        AtomicBoolean alone = new AtomicBoolean(true);
        AtomicBoolean sharedLater = new AtomicBoolean();

        // when
        Thread sharer = lock.withExclusiveLock(() -> {
            Thread waiting = Thread.ofVirtual()
                    .start(() -> lock.withSharedLock(() -> {
                        sharedLater.set(!alone.get());
                        return "done";
                    }));
            alone.set(false);
            return waiting;
        });
        sharer.join();

        // then
        assertThat(sharedLater).isTrue();
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
