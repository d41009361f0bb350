package io.nodejoin.service.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PeriodicTasksTest {
    private static final Duration SHORT = Duration.ofMillis(1);

    private final AtomicInteger failures = new AtomicInteger();
    private final CountDownLatch runs = new CountDownLatch(2);
    private final PeriodicTasks tasks = new PeriodicTasks(
            List.of(
                    new PeriodicTasks.Task("broken", SHORT, this::fail),
                    new PeriodicTasks.Task("whole", SHORT, runs::countDown)),
            () -> 1);

    private void fail() {
        if (failures.incrementAndGet() == 1) {
            throw new StackOverflowError();
        }
        throw new IllegalStateException("no such cluster");
    }

    @AfterEach
    void stop() throws InterruptedException {
        tasks.stop();
    }

    @Test
    void shouldRunATaskAgainAfterAnError() {
        // when
        tasks.start();

        // then
        await().until(() -> failures.get() > 2);
    }

    @Test
    void shouldRunTheOtherTasksWhenOneFails() throws InterruptedException {
        // when
        tasks.start();

        // then
        runs.await();
        assertThat(runs.getCount()).isZero();
    }

    @Test
    void shouldActNoMoreOnceItIsStopped() throws InterruptedException {
        // given
        tasks.start();
        await().until(() -> failures.get() > 0);

        // when
        tasks.stop();

        // then
        int last = failures.get();
        await().pollDelay(Duration.ofMillis(20)).until(() -> failures.get() == last);
    }
}
