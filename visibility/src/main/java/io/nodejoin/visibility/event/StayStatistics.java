package io.nodejoin.visibility.event;

import java.time.Duration;
import java.util.Collection;
import java.util.Optional;

/**
 * Statistics of times, by nearest rank.
 *
 * @param count how many times they are of; never 0
 */
public record StayStatistics(int count, Duration median, Duration p95, Duration p99) {

    static Optional<StayStatistics> of(Collection<Duration> times) {
        if (times.isEmpty()) {
            return Optional.empty();
        }
        long[] nanos = times.stream().mapToLong(Duration::toNanos).sorted().toArray();
        return Optional.of(new StayStatistics(nanos.length, rank(nanos, 0.5), rank(nanos, 0.95), rank(nanos, 0.99)));
    }

    private static Duration rank(long[] sorted, double quantile) {
        int index = (int) Math.ceil(quantile * sorted.length) - 1;
        return Duration.ofNanos(sorted[Math.clamp(index, 0, sorted.length - 1)]);
    }
}
