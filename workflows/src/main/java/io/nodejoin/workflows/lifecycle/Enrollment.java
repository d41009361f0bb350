package io.nodejoin.workflows.lifecycle;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.EarlyPreparation;
import java.security.MessageDigest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Binds one agent key to one join: the first key with the right secret wins, for good. */
public final class Enrollment {
    /** One text for a wrong secret and a second key: the response must not reveal which it was. */
    public static final Problem REFUSED = new Problem(
            ErrorCode.ENROLLMENT_REFUSED, "the enrollment secret or the key is not the one of this node's join");

    /** For the audit log: the client gets the same response as for {@link #REFUSED}. */
    private static final Problem UNATTESTED = new Problem(
            ErrorCode.ATTESTATION_REFUSED,
            "the secret is right, but no TPM with the endorsement key that the join names has proved this enrollment");

    /** Each distinct proof is an event in a history of bounded length, and a host may send forged ones. */
    private static final int MAX_BINDINGS = 64;

    /** Some two hours of waiting. */
    private static final int MAX_TURN_WAITS = 64;

    private final JoinId joinId;
    private final String secretDigest;
    private final @Nullable String requiredEndorsementKey;
    private @Nullable String boundKey;
    private @Nullable EarlyPreparation preparation;
    private int bindings;
    private int turnWaits;

    public Enrollment(JoinRequest request) {
        this(request.joinId(), request.enrollment(), null, request.spec().requiredEndorsementKey());
    }

    /** @param key the only accepted key; absent means the first one */
    public Enrollment(JoinId joinId, String secretDigest, @Nullable String key) {
        this(joinId, secretDigest, key, null);
    }

    private Enrollment(
            JoinId joinId, String secretDigest, @Nullable String key, @Nullable String requiredEndorsementKey) {
        this.joinId = joinId;
        this.secretDigest = secretDigest;
        this.boundKey = key;
        this.requiredEndorsementKey = requiredEndorsementKey;
    }

    /** Returns whether the key is this join's, or may become so while the join is open. */
    public boolean accepts(EnrollmentProof proof, boolean keyMayBeBound) {
        return refusal(proof, keyMayBeBound).isEmpty();
    }

    /** Returns why {@link #accepts} does not accept the proof; empty if it does. */
    public Optional<Problem> refusal(EnrollmentProof proof, boolean keyMayBeBound) {
        boolean rightSecret = equalsInConstantTime(proof.secretDigest(), secretDigest);
        boolean rightKey = boundKey == null ? keyMayBeBound : equalsInConstantTime(proof.publicKey(), boundKey);
        if (!rightSecret || !rightKey || bindings >= MAX_BINDINGS) {
            return Optional.of(REFUSED);
        }
        return requiredEndorsementKey == null || requiredEndorsementKey.equals(proof.endorsementKey())
                ? Optional.empty()
                : Optional.of(UNATTESTED);
    }

    /**
     * Binds the key of an accepted proof. The host's preparation is that of the first one, as its key is: a later proof
     * shows the same key, but not that its sender has it.
     *
     * @param run the run id of the workflow
     */
    EnrollmentBinding bind(EnrollmentProof proof, String run) {
        bindings++;
        if (boundKey == null) {
            boundKey = proof.publicKey();
            preparation = proof.preparation();
        }
        return new EnrollmentBinding(joinId, run, boundKey);
    }

    /** Records that an agent waits for its turn. Returns false if it is bound already, or has waited too often. */
    public boolean recordTurnWait() {
        if (boundKey != null || turnWaits >= MAX_TURN_WAITS) {
            return false;
        }
        turnWaits++;
        return true;
    }

    /** Returns how often an agent was waiting for its turn. */
    public int turnWaits() {
        return turnWaits;
    }

    public Optional<String> publicKey() {
        return Optional.ofNullable(boundKey);
    }

    /** Returns how the host was prepared before this join, if it was. */
    public Optional<EarlyPreparation> preparation() {
        return Optional.ofNullable(preparation);
    }

    private static boolean equalsInConstantTime(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(US_ASCII), other.getBytes(US_ASCII));
    }
}
