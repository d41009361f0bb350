package io.nodejoin.service.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GarbageCollectorsTest {
    private static final Duration SHORT = Duration.ofMillis(1);

    private final AtomicInteger failures = new AtomicInteger();
    private final CountDownLatch runs = new CountDownLatch(2);
    private final GarbageCollectors collectors = new GarbageCollectors(
            List.of(
                    new GarbageCollectors.PeriodicTask("broken", SHORT, this::fail),
                    new GarbageCollectors.PeriodicTask("whole", SHORT, runs::countDown)),
            Map.of(),
            () -> 1);

    private void fail() {
        if (failures.incrementAndGet() == 1) {
            throw new StackOverflowError();
        }
        throw new IllegalStateException("no such cluster");
    }

    @AfterEach
    void stop() throws InterruptedException {
        collectors.stop();
    }

    @Test
    void shouldRunATaskAgainAfterAnError() {
        // when
        collectors.start();

        // then
        await().until(() -> failures.get() > 2);
    }

    @Test
    void shouldRunTheOtherTasksWhenOneFails() throws InterruptedException {
        // when
        collectors.start();

        // then
        runs.await();
        assertThat(runs.getCount()).isZero();
    }

    @Test
    void shouldActNoMoreOnceItIsStopped() throws InterruptedException {
        // given
        collectors.start();
        await().until(() -> failures.get() > 0);

        // when
        collectors.stop();

        // then
        int last = failures.get();
        await().pollDelay(Duration.ofMillis(20)).until(() -> failures.get() == last);
    }
}
