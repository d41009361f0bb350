package io.nodejoin.agent.gateway;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.tpm.Tpm;
import io.nodejoin.agent.wire.JsonMappers;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Sha256;
import io.nodejoin.protocol.agent.Attestation;
import io.nodejoin.protocol.agent.AttestationChallenge;
import io.nodejoin.protocol.agent.AttestationRequest;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.locks.ReentrantLock;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Has the TPM solve a challenge of the gateway, and keeps the solution while it is valid: an enrollment is repeated until
 * its join starts.
 */
final class TpmAttestation {
    private static final String PATH = "/v1/attestations";
    private static final String HMAC = "HmacSHA256";
    private static final int OK = 200;
    /** An enrollment is held for half a minute. */
    private static final Duration MIN_VALIDITY = Duration.ofMinutes(1);

    private final Tpm tpm;
    private final GatewayEndpoint endpoint;
    private final String publicKey;
    private final Clock clock;
    private final JsonMapper json = JsonMappers.tolerant();
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Solved solved;

    /** A solution, and the digest of the secret that it is for. */
    private record Solved(Attestation attestation, String secretDigest) {}

    /** The request of a challenge did not get one. */
    record Unanswered(HttpResponse<byte[]> response) implements Result {}

    /** The solution for an enrollment. */
    record Attested(Attestation attestation) implements Result {}

    sealed interface Result {}

    /** Sends a request to the gateway. */
    interface Post {
        HttpResponse<byte[]> send(String path, Object body) throws IOException, InterruptedException;
    }

    /** @param publicKey the agent's, base64 of its DER SubjectPublicKeyInfo */
    TpmAttestation(Tpm tpm, GatewayEndpoint endpoint, String publicKey, Clock clock) {
        this.tpm = tpm;
        this.endpoint = endpoint;
        this.publicKey = publicKey;
        this.clock = clock;
    }

    /**
     * Returns a solution for an enrollment with this secret. Throws HostException with {@code TPM_UNAVAILABLE} if the TPM
     * does not solve it.
     */
    Result attest(String secret, Post gateway) throws IOException, InterruptedException {
        String secretDigest = Sha256.hex(secret);
        lock.lock();
        try {
            Solved earlier = solved;
            if (earlier != null
                    && earlier.secretDigest().equals(secretDigest)
                    && clock.instant()
                            .plus(MIN_VALIDITY)
                            .isBefore(earlier.attestation().expiresAt())) {
                return new Attested(earlier.attestation());
            }
            Tpm.Keys keys = tpm.createKeys();
            HttpResponse<byte[]> response = gateway.send(
                    PATH,
                    new AttestationRequest(
                            endpoint.cluster(),
                            endpoint.node(),
                            publicKey,
                            keys.endorsementKey(),
                            keys.attestationKeyName()));
            if (response.statusCode() != OK) {
                return new Unanswered(response);
            }
            Attestation attestation = solve(
                    keys,
                    json.readValue(response.body(), AttestationChallenge.class),
                    Attestation.macInput(endpoint.cluster(), endpoint.node(), secret, publicKey));
            solved = new Solved(attestation, secretDigest);
            return new Attested(attestation);
        } finally {
            lock.unlock();
        }
    }

    /** Drops the solution: the gateway has refused it. */
    void forget() {
        lock.lock();
        try {
            solved = null;
        } finally {
            lock.unlock();
        }
    }

    private Attestation solve(Tpm.Keys keys, AttestationChallenge challenge, byte[] macInput) {
        try {
            Base64.Decoder base64 = Base64.getDecoder();
            byte[] secret = tpm.activateCredential(
                    base64.decode(challenge.credentialBlob()), base64.decode(challenge.encryptedSecret()));
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(secret, HMAC));
            return new Attestation(
                    keys.endorsementKey(),
                    keys.attestationKeyName(),
                    challenge.expiresAt(),
                    Base64.getEncoder().encodeToString(mac.doFinal(macInput)));
        } catch (IllegalArgumentException e) {
            throw new HostException(
                    ErrorCode.TPM_UNAVAILABLE, "the gateway's challenge cannot be used: " + e.getMessage());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HMAC-SHA256", e);
        }
    }
}
