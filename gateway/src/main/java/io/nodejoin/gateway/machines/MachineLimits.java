package io.nodejoin.gateway.machines;

import io.nodejoin.gateway.ratelimit.ClientSubnet;
import io.nodejoin.gateway.ratelimit.RateLimiter;
import java.util.function.LongSupplier;

/** Limits announcements, so that whoever invents machines neither keeps real ones out nor loads Temporal. Thread-safe. */
final class MachineLimits {
    private static final double ATTEMPTS_PER_SECOND = 5;
    private static final double ATTEMPT_BURST = 10;
    private static final double UNKNOWN_PER_SECOND_AND_SUBNET = 5;
    private static final double UNKNOWN_BURST_OF_SUBNET = 100;
    private static final double UNKNOWN_PER_SECOND = 20;
    private static final double UNKNOWN_BURST = 200;
    private static final String ALL = "";

    private final RateLimiter attempts;
    private final RateLimiter unknownOfSubnet;
    private final RateLimiter unknown;

    MachineLimits(LongSupplier nanoTime) {
        this.attempts = new RateLimiter(ATTEMPTS_PER_SECOND, ATTEMPT_BURST, nanoTime);
        this.unknownOfSubnet = new RateLimiter(UNKNOWN_PER_SECOND_AND_SUBNET, UNKNOWN_BURST_OF_SUBNET, nanoTime);
        this.unknown = new RateLimiter(UNKNOWN_PER_SECOND, UNKNOWN_BURST, nanoTime);
    }

    /** Returns whether a client at this address may announce this machine again, and counts it. */
    boolean tryAttempt(MachineKey machine, String address) {
        return attempts.tryAcquire(
                String.join(" ", machine.pool().toString(), ClientSubnet.of(address), machine.secretDigest()));
    }

    /** Returns whether a pool may be asked for a client at this address about a machine that it is not known to have, and counts it. */
    boolean tryUnknown(String address) {
        return unknownOfSubnet.tryAcquire(ClientSubnet.of(address)) && unknown.tryAcquire(ALL);
    }
}
