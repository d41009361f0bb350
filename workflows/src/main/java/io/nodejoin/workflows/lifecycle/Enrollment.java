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

    /** Each distinct proof is an event in a history of bounded length, and a host may send forged ones. */
    private static final int MAX_BINDINGS = 64;

    private final JoinId joinId;
    private final String secretDigest;
    private @Nullable String boundKey;
    private @Nullable EarlyPreparation preparation;
    private int bindings;

    public Enrollment(JoinRequest request) {
        this(request.joinId(), request.spec().enrollment(), null);
    }

    /** @param key the only accepted key; absent means the first one */
    public Enrollment(JoinId joinId, String secretDigest, @Nullable String key) {
        this.joinId = joinId;
        this.secretDigest = secretDigest;
        this.boundKey = key;
    }

    /** Returns whether the key is this join's, or may become so while the join is open. */
    public boolean accepts(EnrollmentProof proof, boolean keyMayBeBound) {
        boolean rightSecret = equalsInConstantTime(proof.secretDigest(), secretDigest);
        boolean rightKey = boundKey == null ? keyMayBeBound : equalsInConstantTime(proof.publicKey(), boundKey);
        return rightSecret && rightKey && bindings < MAX_BINDINGS;
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
        return new EnrollmentBinding(joinId, run);
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
