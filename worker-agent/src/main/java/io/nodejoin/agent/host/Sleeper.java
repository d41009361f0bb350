package io.nodejoin.agent.host;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** An interruptible wait. */
@FunctionalInterface
public interface Sleeper {
    /** Waits for this long. */
    void sleep(Duration duration) throws InterruptedException;

    /** Returns a wait in real time. */
    static Sleeper system() {
        return duration -> {
            CountDownLatch never = new CountDownLatch(1);
            if (never.await(duration.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new IllegalStateException("this latch is never counted down");
            }
        };
    }
}
