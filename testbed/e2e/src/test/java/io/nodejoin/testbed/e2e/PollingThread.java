package io.nodejoin.testbed.e2e;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Looks at something again and again until it is closed. */
final class PollingThread implements AutoCloseable {
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    PollingThread(Duration between, Runnable glance) {
        thread = Thread.ofPlatform().name("glances").daemon().start(() -> {
            try {
                do {
                    glance.run();
                } while (!closed.await(between.toMillis(), TimeUnit.MILLISECONDS));
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
