package io.nodejoin.service.collector;

import java.time.Duration;

/**
 * How long a janitor leads without renewing.
 *
 * @param lease after which another one may lead
 * @param renewal after which it gives up by itself; shorter than the lease
 * @param retry between two tries
 */
public record LeaseTimes(Duration lease, Duration renewal, Duration retry) {
    /** Another replica leads 30 s after the leader's death at the latest, so a sweep comes well within a minute of it. */
    public static LeaseTimes standard() {
        return new LeaseTimes(Duration.ofSeconds(20), Duration.ofSeconds(12), Duration.ofSeconds(4));
    }
}
