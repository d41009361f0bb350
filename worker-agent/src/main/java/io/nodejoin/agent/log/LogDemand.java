package io.nodejoin.agent.log;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** For how long somebody reads the host's log, as the gateway says with its responses. */
public final class LogDemand {
    private final LongSupplier nanoTime;
    private final AtomicLong until;
    private final Semaphore requests = new Semaphore(0);

    /** @param nanoTime a monotonic clock, as {@link System#nanoTime()} */
    public LogDemand(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.until = new AtomicLong(nanoTime.getAsLong());
    }

    /** Asks for the log, from now on for this long. */
    public void request(Duration time) {
        until.set(nanoTime.getAsLong() + time.toNanos());
        requests.release();
    }

    /** Waits until the log is asked for; returns immediately while it is. Returns whether it waited. */
    boolean await() throws InterruptedException {
        boolean waited = false;
        while (nanoTime.getAsLong() - until.get() >= 0) {
            requests.acquire();
            waited = true;
        }
        requests.drainPermits();
        return waited;
    }
}
