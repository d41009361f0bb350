package io.nodejoin.gateway.ratelimit;

import io.nodejoin.activities.LruMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** A token bucket per key, such as a client subnet. Evicts the least recently used keys, so memory is bounded. */
public final class RateLimiter {
    private static final int MAX_KEYS = 10_000;
    private static final double NANOS_PER_SECOND = 1e9;

    private final double perSecond;
    private final double burst;
    private final LongSupplier nanoTime;
    private final Map<String, Bucket> buckets = new LruMap<>(MAX_KEYS);

    public RateLimiter(double perSecond, double burst, LongSupplier nanoTime) {
        this.perSecond = perSecond;
        this.burst = burst;
        this.nanoTime = nanoTime;
    }

    /** Takes one token of this key. Returns false if none is left. */
    public synchronized boolean tryAcquire(String key) {
        long now = nanoTime.getAsLong();
        double tokens = tokens(key, now);
        boolean allowed = tokens >= 1;
        buckets.put(key, new Bucket(allowed ? tokens - 1 : tokens, now));
        return allowed;
    }

    /** Returns whether a token of this key is left, and leaves it. */
    public synchronized boolean isAvailable(String key) {
        return tokens(key, nanoTime.getAsLong()) >= 1;
    }

    private double tokens(String key, long now) {
        Bucket before = buckets.getOrDefault(key, new Bucket(burst, now));
        return Math.min(burst, before.tokens() + (now - before.at()) / NANOS_PER_SECOND * perSecond);
    }

    private record Bucket(double tokens, long at) {}
}
