package io.nodejoin.agent.host;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/** Exponential back-off: delays double up to a maximum; each is drawn between half of its length and all of it. */
public final class Backoff {
    private static final int MAX_DOUBLINGS = 20;

    private final RandomGenerator random;
    private final long first;
    private final long longest;
    private final AtomicInteger failures = new AtomicInteger();

    /**
     * @param first at least a millisecond, at most an hour
     * @param longest not shorter than the first
     */
    public Backoff(RandomGenerator random, Duration first, Duration longest) {
        this.random = random;
        this.first = first.toMillis();
        this.longest = longest.toMillis();
    }

    /** Returns the next delay. */
    public Duration nextDelay() {
        int doublings = Math.min(failures.getAndIncrement(), MAX_DOUBLINGS);
        long full = Math.min(longest, first << doublings);
        return Duration.ofMillis(random.nextLong(full / 2, full + 1));
    }

    /** Starts again with the first delay. */
    public void reset() {
        failures.set(0);
    }
}
