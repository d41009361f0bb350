package io.nodejoin.testbed.process;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a condition by asking again, never for a time. */
public final class Await {
    private static final long PAUSE_NANOS = Duration.ofMillis(100).toNanos();

    private Await() {}

    /** Returns whether the condition became true before the limit; returns false early if the thread is interrupted. */
    public static boolean until(Duration limit, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end >= 0 || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return true;
    }
}
