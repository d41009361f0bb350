package io.nodejoin.gateway.enrollment;

import io.nodejoin.gateway.ratelimit.ClientSubnet;
import io.nodejoin.gateway.ratelimit.RateLimiter;
import io.nodejoin.workflows.lifecycle.EnrollmentProof;
import io.nodejoin.workflows.node.NodeRef;
import java.util.function.LongSupplier;

/**
 * Limits enrollments by what they prove, so that whoever does not know a machine's secret uses up nothing that the machine
 * needs, not even behind its address. Thread-safe.
 */
public final class EnrollmentLimits {
    private static final double ATTEMPTS_PER_SECOND = 5;
    private static final double ATTEMPT_BURST = 10;
    private static final double REFUSALS_PER_SECOND = 0.1;
    private static final double REFUSAL_BURST = 5;

    private final RateLimiter attempts;
    private final RateLimiter refusals;
    private final RateLimiter guesses;

    /** @param nanoTime a monotonic clock, as {@link System#nanoTime()} */
    public EnrollmentLimits(LongSupplier nanoTime) {
        this.attempts = new RateLimiter(ATTEMPTS_PER_SECOND, ATTEMPT_BURST, nanoTime);
        this.refusals = new RateLimiter(REFUSALS_PER_SECOND, REFUSAL_BURST, nanoTime);
        this.guesses = new RateLimiter(REFUSALS_PER_SECOND, REFUSAL_BURST, nanoTime);
    }

    /** Returns whether a client at this address may show this proof again, and counts it. */
    boolean tryAttempt(NodeRef node, EnrollmentProof proof, String address) {
        String claim = claim(node, proof, address);
        return attempts.tryAcquire(claim) && refusals.isAvailable(claim);
    }

    /** Notes that the proof was refused. */
    void refused(NodeRef node, EnrollmentProof proof, String address) {
        boolean _ = refusals.tryAcquire(claim(node, proof, address));
    }

    /** Returns whether the node's join may be asked about another secret than it is known to have, and counts it. */
    boolean tryGuess(NodeRef node, String address) {
        return guesses.tryAcquire(node + " " + ClientSubnet.of(address));
    }

    private static String claim(NodeRef node, EnrollmentProof proof, String address) {
        return String.join(
                " ",
                node.toString(),
                ClientSubnet.of(address),
                proof.secretDigest(),
                String.valueOf(proof.endorsementKey()));
    }
}
