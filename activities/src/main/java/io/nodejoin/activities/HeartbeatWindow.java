package io.nodejoin.activities;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * For how long Temporal waits for a sign of life of one running activity, measured here. Once it has passed unheard it stays
 * so: the work may be somebody else's by now.
 */
final class HeartbeatWindow {
    private final long nanos;
    private final LongSupplier nanoTime;
    private long heard;
    private boolean passed;

    /** @param timeout without which it never passes */
    HeartbeatWindow(Duration timeout, LongSupplier nanoTime) {
        this.nanos = timeout.isPositive() ? timeout.toNanos() : Long.MAX_VALUE;
        this.nanoTime = nanoTime;
        this.heard = nanoTime.getAsLong();
    }

    /** Begins anew with a sign of life; false if it had passed. */
    synchronized boolean renew() {
        long now = nanoTime.getAsLong();
        passed |= now - heard > nanos;
        heard = now;
        return !passed;
    }
}
