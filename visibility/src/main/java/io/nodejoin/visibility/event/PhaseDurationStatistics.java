package io.nodejoin.visibility.event;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Statistics of times, by nearest rank.
 *
 * @param count how many times they are of; never 0
 */
public record PhaseDurationStatistics(int count, Duration median, Duration p95, Duration p99) {

    static Optional<PhaseDurationStatistics> of(Collection<Duration> times) {
        if (times.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                ofNanos(times.stream().mapToLong(Duration::toNanos).sorted().toArray()));
    }

    static Optional<PhaseDurationStatistics> ofMillis(int[] times) {
        return times.length == 0
                ? Optional.empty()
                : Optional.of(ofNanos(Arrays.stream(times)
                        .sorted()
                        .mapToLong(TimeUnit.MILLISECONDS::toNanos)
                        .toArray()));
    }

    private static PhaseDurationStatistics ofNanos(long[] sorted) {
        return new PhaseDurationStatistics(sorted.length, rank(sorted, 0.5), rank(sorted, 0.95), rank(sorted, 0.99));
    }

    private static Duration rank(long[] sorted, double quantile) {
        int index = (int) Math.ceil(quantile * sorted.length) - 1;
        return Duration.ofNanos(sorted[Math.clamp(index, 0, sorted.length - 1)]);
    }
}
