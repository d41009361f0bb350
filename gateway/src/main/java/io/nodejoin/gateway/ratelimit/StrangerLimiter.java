package io.nodejoin.gateway.ratelimit;

import java.util.function.LongSupplier;

/**
 * Limits requests without a certificate, by the client's subnet: tightly, and loosely where agents have proved themselves.
 * Thread-safe.
 */
public final class StrangerLimiter {
    private static final double PER_SECOND = 10;
    private static final double BURST = 20;
    private static final double PER_SECOND_OF_FLEET = 200;
    private static final double BURST_OF_FLEET = 2000;

    private final ProvenSubnets proven;
    private final RateLimiter strangers;
    private final RateLimiter fleets;

    /** @param nanoTime a monotonic clock, as {@link System#nanoTime()} */
    public StrangerLimiter(LongSupplier nanoTime) {
        this.proven = new ProvenSubnets(nanoTime);
        this.strangers = new RateLimiter(PER_SECOND, BURST, nanoTime);
        this.fleets = new RateLimiter(PER_SECOND_OF_FLEET, BURST_OF_FLEET, nanoTime);
    }

    /** Returns whether a request from this address may be served. */
    public boolean tryAcquire(String address) {
        return (proven.isProven(address) ? fleets : strangers).tryAcquire(ClientSubnet.of(address));
    }

    /** Notes that an agent at this address has proved itself. */
    public void proved(String address) {
        proven.proved(address);
    }
}
