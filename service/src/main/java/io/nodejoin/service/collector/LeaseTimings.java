package io.nodejoin.service.collector;

import java.time.Duration;

/**
 * The timings of a leader's Lease.
 *
 * @param leaseDuration after this time without a renewal another replica may become leader
 * @param renewDeadline after this time without a renewal the leader stops acting; shorter than the lease
 * @param retryPeriod delay between retries
 */
public record LeaseTimings(Duration leaseDuration, Duration renewDeadline, Duration retryPeriod) {
    /**
     * The defaults: another replica is leader at most 30 s after the leader's death, so that a cycle runs well within a
     * minute.
     */
    public static LeaseTimings defaults() {
        return new LeaseTimings(Duration.ofSeconds(20), Duration.ofSeconds(12), Duration.ofSeconds(4));
    }
}
