package io.nodejoin.agent.host;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A wait that listens to interruption. */
@FunctionalInterface
public interface Sleeper {
    /** Waits this long. */
    void sleep(Duration duration) throws InterruptedException;

    /** Waits in real time. */
    static Sleeper system() {
        return duration -> {
            CountDownLatch never = new CountDownLatch(1);
            if (never.await(duration.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new IllegalStateException("nobody counts this latch down");
            }
        };
    }
}
