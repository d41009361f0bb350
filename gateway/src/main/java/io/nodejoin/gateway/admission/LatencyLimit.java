package io.nodejoin.gateway.admission;

import io.nodejoin.gateway.config.AdmissionSettings;

/**
 * A limit of concurrency that follows latency: it grows by one for each round of fast joins, and shrinks by a third for a
 * slow one, at most once for all that began before it shrank. Not thread-safe.
 */
final class LatencyLimit {
    private static final double DECREASE = 2.0 / 3;

    private final AdmissionSettings settings;
    private double limit;
    private boolean decreased;
    private long decreasedAt;

    LatencyLimit(AdmissionSettings settings) {
        this.settings = settings;
        this.limit = settings.initial();
    }

    int current() {
        return (int) limit;
    }

    /**
     * Takes a measurement.
     *
     * @param began when the join began, by the monotonic clock
     * @param used whether the limit held any join back, or nearly; what is not used up shows nothing by being fast
     */
    void observe(long began, long now, boolean used) {
        long latency = now - began;
        if (latency > settings.overload().toNanos()) {
            decrease(began, now);
        } else if (used && latency < settings.target().toNanos()) {
            limit = Math.min(settings.max(), limit + 1 / limit);
        }
    }

    private void decrease(long began, long now) {
        if (!decreased || began - decreasedAt >= 0) {
            limit = Math.max(settings.min(), limit * DECREASE);
            decreased = true;
            decreasedAt = now;
        }
    }
}
