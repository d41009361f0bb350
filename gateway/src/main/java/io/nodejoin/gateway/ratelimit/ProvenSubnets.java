package io.nodejoin.gateway.ratelimit;

import io.nodejoin.activities.LruMap;
import java.time.Duration;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Subnets from which an agent has lately shown a right secret or a certificate in force. A whole fleet may be behind one
 * address, so that its requests are no sign of an attacker. Thread-safe.
 */
public final class ProvenSubnets {
    private static final int MAX_SUBNETS = 10_000;
    private static final Duration PROVEN_FOR = Duration.ofMinutes(10);

    private final LongSupplier nanoTime;
    private final Map<String, Long> provenAt = new LruMap<>(MAX_SUBNETS);

    /** @param nanoTime a monotonic clock, as {@link System#nanoTime()} */
    public ProvenSubnets(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Notes that an agent at this address has proved itself. */
    public synchronized void proved(String address) {
        provenAt.put(ClientSubnet.of(address), nanoTime.getAsLong());
    }

    /** Returns whether one has lately. */
    public synchronized boolean isProven(String address) {
        Long at = provenAt.get(ClientSubnet.of(address));
        return at != null && nanoTime.getAsLong() - at <= PROVEN_FOR.toNanos();
    }
}
