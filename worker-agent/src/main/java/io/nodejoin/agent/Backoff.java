package io.nodejoin.agent;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/** Waits that double from 1 s to 30 s, each somewhere between half of it and all of it. */
final class Backoff {
    private static final long FIRST_MILLIS = 1_000;
    private static final long LAST_MILLIS = 30_000;
    private static final int MOST_DOUBLINGS = 5;

    private final RandomGenerator random;
    private final AtomicInteger failures = new AtomicInteger();

    Backoff(RandomGenerator random) {
        this.random = random;
    }

    /** The next wait. */
    Duration next() {
        int doublings = Math.min(failures.getAndIncrement(), MOST_DOUBLINGS);
        long full = Math.min(LAST_MILLIS, FIRST_MILLIS << doublings);
        return Duration.ofMillis(random.nextLong(full / 2, full + 1));
    }

    /** The next wait is a short one again. */
    void reset() {
        failures.set(0);
    }
}
