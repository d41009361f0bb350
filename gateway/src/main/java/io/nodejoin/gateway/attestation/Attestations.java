package io.nodejoin.gateway.attestation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.nodejoin.gateway.agentca.AgentPublicKey;
import io.nodejoin.gateway.agentca.GatewayCredentials;
import io.nodejoin.gateway.reply.Reply;
import io.nodejoin.gateway.session.GatewayMetrics;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.agent.Attestation;
import io.nodejoin.protocol.agent.AttestationChallenge;
import io.nodejoin.protocol.agent.AttestationRequest;
import io.nodejoin.protocol.agent.EnrollmentRequest;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Challenges for the TPMs of agents that enroll, and the check of their solutions. Nothing is stored: the secret of a
 * challenge is derived from what it is for, by a key that all replicas have, so any of them checks the solution.
 */
public final class Attestations {
    /** A TPM takes seconds, and an enrollment is repeated while its join has not started. */
    private static final Duration LIFE = Duration.ofMinutes(10);

    private static final String PURPOSE = "nodejoin attestation challenge v1";
    private static final String HMAC = "HmacSHA256";
    private static final Pattern NAME = Pattern.compile("000b[0-9a-f]{64}");

    private final GatewayCredentials credentials;
    private final GatewayMetrics metrics;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    public Attestations(GatewayCredentials credentials, GatewayMetrics metrics, Clock clock) {
        this.credentials = credentials;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** What a solution proves. */
    public sealed interface Result {
        /**
         * The TPM of this endorsement key has solved a challenge for the enrollment's key and secret.
         *
         * @param endorsementKey {@code sha256:} and the digest of its SubjectPublicKeyInfo
         */
        record Proved(String endorsementKey) implements Result {}

        record Refused(String why) implements Result {}
    }

    /** Returns a challenge; it reveals nothing of joins. Each call returns another one. */
    public Reply challenge(AttestationRequest request) {
        Optional<EndorsementKey> endorsementKey = EndorsementKey.parse(request.endorsementKey());
        if (endorsementKey.isEmpty()) {
            return malformed("endorsementKey is no RSA 2048 key as base64 of its DER");
        }
        if (!NAME.matcher(request.attestationKeyName()).matches()) {
            return malformed("attestationKeyName is no name with SHA-256 in lower-case hex digits");
        }
        if (AgentPublicKey.parse(request.publicKey()).isEmpty()) {
            return malformed("publicKey is no P-256 key as base64 of its DER");
        }
        Instant expiresAt = clock.instant().truncatedTo(ChronoUnit.SECONDS).plus(LIFE);
        byte[] seed = new byte[ProtectedCredential.SEED_BYTES];
        random.nextBytes(seed);
        ProtectedCredential credential = ProtectedCredential.of(
                endorsementKey.get(),
                HexFormat.of().parseHex(request.attestationKeyName()),
                secret(
                        request.cluster(),
                        request.node(),
                        request.publicKey(),
                        endorsementKey.get(),
                        request.attestationKeyName(),
                        expiresAt),
                seed);
        metrics.enrollment("challenged");
        return Reply.ok(new AttestationChallenge(credential.credentialBlob(), credential.encryptedSecret(), expiresAt));
    }

    /** Checks the solution that an enrollment shows. Idempotent: it is valid until it expires, for this enrollment only. */
    public Result verify(EnrollmentRequest enrollment, Attestation attestation) {
        Optional<EndorsementKey> endorsementKey = EndorsementKey.parse(attestation.endorsementKey());
        if (endorsementKey.isEmpty()
                || !NAME.matcher(attestation.attestationKeyName()).matches()) {
            return new Result.Refused("the attestation is malformed");
        }
        if (!clock.instant().isBefore(attestation.expiresAt())) {
            return new Result.Refused("the challenge of the attestation expired at " + attestation.expiresAt());
        }
        byte[] secret = secret(
                enrollment.cluster(),
                enrollment.node(),
                enrollment.publicKey(),
                endorsementKey.get(),
                attestation.attestationKeyName(),
                attestation.expiresAt());
        byte[] expected = hmac(
                secret,
                Attestation.macInput(
                        enrollment.cluster(), enrollment.node(), enrollment.secret(), enrollment.publicKey()));
        return MessageDigest.isEqual(expected, decode(attestation.mac()))
                ? new Result.Proved(endorsementKey.get().digest())
                : new Result.Refused("no TPM has solved the challenge for this enrollment");
    }

    private byte[] secret(
            ClusterName cluster,
            NodeName node,
            String publicKey,
            EndorsementKey endorsementKey,
            String name,
            Instant expiresAt) {
        String purpose = String.join(
                "\n",
                PURPOSE,
                cluster.value(),
                node.value(),
                publicKey,
                endorsementKey.digest(),
                name,
                Long.toString(expiresAt.getEpochSecond()));
        return hmac(credentials.authority().deriveKey(PURPOSE), purpose.getBytes(UTF_8));
    }

    private Reply malformed(String detail) {
        metrics.enrollment("malformed");
        return Reply.badRequest(detail);
    }

    private static byte[] decode(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException _) {
            return new byte[0];
        }
    }

    private static byte[] hmac(byte[] key, byte[] message) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key, HMAC));
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HMAC-SHA256", e);
        }
    }
}
