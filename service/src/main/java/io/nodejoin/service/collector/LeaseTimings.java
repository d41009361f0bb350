package io.nodejoin.service.collector;

import java.time.Duration;

/**
 * How long a garbage collector leads without renewing.
 *
 * @param leaseDuration after which another one may lead
 * @param renewDeadline after which it gives up by itself; shorter than the lease
 * @param retryPeriod between two tries
 */
public record LeaseTimings(Duration leaseDuration, Duration renewDeadline, Duration retryPeriod) {
    /** Another replica leads 30 s after the leader's death at the latest, so a sweep comes well within a minute of it. */
    public static LeaseTimings defaults() {
        return new LeaseTimings(Duration.ofSeconds(20), Duration.ofSeconds(12), Duration.ofSeconds(4));
    }
}
