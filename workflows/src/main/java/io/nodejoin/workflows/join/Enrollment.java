package io.nodejoin.workflows.join;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;
import java.security.MessageDigest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Binds one agent key to one join: the first key with the right secret wins, for good. */
final class Enrollment {
    /** One text for a wrong secret and a second key: the answer must not tell a guesser which it was. */
    static final Problem REFUSED = new Problem(
            ErrorCode.ENROLLMENT_REFUSED, "the enrollment secret or the key is not the one of this node's join");

    private final JoinId joinId;
    private final String secretDigest;
    private @Nullable String boundKey;

    Enrollment(JoinRequest request) {
        this(request.joinId(), request.wanted().enrollment(), null);
    }

    /** @param key the only one that is taken; absent means the first one */
    Enrollment(JoinId joinId, String secretDigest, @Nullable String key) {
        this.joinId = joinId;
        this.secretDigest = secretDigest;
        this.boundKey = key;
    }

    /** Whether the key is, or while the join is open may become, the one of this join. */
    boolean accepts(EnrollmentProof proof, boolean open) {
        boolean rightSecret = same(proof.secretDigest(), secretDigest);
        boolean rightKey = boundKey == null ? open : same(proof.publicKey(), boundKey);
        return rightSecret && rightKey;
    }

    /** Binds the key of an accepted proof. */
    EnrollmentBinding bind(EnrollmentProof proof) {
        boundKey = proof.publicKey();
        return new EnrollmentBinding(joinId);
    }

    Optional<String> publicKey() {
        return Optional.ofNullable(boundKey);
    }

    private static boolean same(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(US_ASCII), other.getBytes(US_ASCII));
    }
}
