package io.nodejoin.gateway.ratelimit;

import java.util.function.LongSupplier;

/**
 * Limits new connections by the client's subnet, and those of strangers in all, since each costs a TLS handshake: strangers at many addresses
 * together leave the processors to the agents. A subnet that opens few is let in however many others open. Thread-safe.
 */
public final class ConnectionRateLimiter {
    private static final double STRANGERS_PER_SECOND_AND_PROCESSOR = 100;

    private static final double BURST_OF_STRANGERS = 500;
    private static final double FEW_PER_SECOND = 1;
    private static final double FEW_AT_ONCE = 4;

    private final ProvenSubnets proven;
    private final SubnetLimiter ofSubnet;
    private final RateLimiter few;
    private final RateLimiter strangers;

    /** @param nanoTime a monotonic clock, as {@link System#nanoTime()} */
    public ConnectionRateLimiter(ProvenSubnets proven, int processors, LongSupplier nanoTime) {
        this.proven = proven;
        this.ofSubnet = SubnetLimiter.ofConnections(proven, nanoTime);
        this.few = new RateLimiter(FEW_PER_SECOND, FEW_AT_ONCE, nanoTime);
        this.strangers = new RateLimiter(STRANGERS_PER_SECOND_AND_PROCESSOR * processors, BURST_OF_STRANGERS, nanoTime);
    }

    /** Returns whether a client at this address may open another connection, and counts it. */
    public boolean tryAcquire(String address) {
        return ofSubnet.tryAcquire(address)
                && (proven.isProven(address) || few.tryAcquire(ClientSubnet.of(address)) || strangers.tryAcquire(""));
    }
}
