package io.nodejoin.service.health;

import io.nodejoin.protocol.ClusterName;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** Remembers when each cluster's API server last limited Nodejoin's requests. Thread-safe. */
public final class ApiThrottling {
    private static final String TOO_MANY_REQUESTS = "429";

    private final LongSupplier nanoTime;
    private final Map<ClusterName, Long> throttledAt = new ConcurrentHashMap<>();

    /** @param nanoTime a monotonic clock, as {@link System#nanoTime()} */
    public ApiThrottling(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Records the status of a response. */
    public void answered(ClusterName cluster, String status) {
        if (status.equals(TOO_MANY_REQUESTS)) {
            throttledAt.put(cluster, nanoTime.getAsLong());
        }
    }

    /** Returns how long ago the API server answered 429; empty if it never did. */
    Optional<Duration> sinceLast(ClusterName cluster) {
        return Optional.ofNullable(throttledAt.get(cluster)).map(at -> Duration.ofNanos(nanoTime.getAsLong() - at));
    }
}
