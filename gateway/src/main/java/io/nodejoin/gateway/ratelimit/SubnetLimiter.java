package io.nodejoin.gateway.ratelimit;

import java.util.function.LongSupplier;

/** Limits what clients do, by their subnet: tightly, and loosely where agents have proved themselves. Thread-safe. */
public final class SubnetLimiter {
    private final ProvenSubnets proven;
    private final RateLimiter strangers;
    private final RateLimiter fleets;

    private SubnetLimiter(ProvenSubnets proven, RateLimiter strangers, RateLimiter fleets) {
        this.proven = proven;
        this.strangers = strangers;
        this.fleets = fleets;
    }

    /**
     * Of requests without a certificate.
     *
     * @param nanoTime a monotonic clock, as {@link System#nanoTime()}
     */
    public static SubnetLimiter ofRequests(ProvenSubnets proven, LongSupplier nanoTime) {
        return new SubnetLimiter(proven, new RateLimiter(10, 20, nanoTime), new RateLimiter(200, 2000, nanoTime));
    }

    /**
     * Of new connections. The first machines of a fleet behind one address connect at once, the others when one of them has
     * proved itself.
     *
     * @param nanoTime a monotonic clock, as {@link System#nanoTime()}
     */
    static SubnetLimiter ofConnections(ProvenSubnets proven, LongSupplier nanoTime) {
        return new SubnetLimiter(proven, new RateLimiter(20, 500, nanoTime), new RateLimiter(500, 10_000, nanoTime));
    }

    /** Returns whether a client at this address may go on, and counts it. */
    public boolean tryAcquire(String address) {
        return (proven.isProven(address) ? fleets : strangers).tryAcquire(ClientSubnet.of(address));
    }
}
