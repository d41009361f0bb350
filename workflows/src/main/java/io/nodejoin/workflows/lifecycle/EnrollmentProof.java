package io.nodejoin.workflows.lifecycle;

import io.nodejoin.protocol.agent.EarlyPreparation;
import io.nodejoin.workflows.hostcommand.AgentConnection;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway passes on of an enrollment; the secret itself never leaves the gateway.
 *
 * @param secretDigest lower-case hex SHA-256 of the enrollment secret
 * @param publicKey base64 of the DER SubjectPublicKeyInfo of the agent's key
 * @param preparation absent if the host is not prepared
 * @param connection the gateway replica that answers the enrollment, and delivers commands with the answer; absent if it
 *     only issues a certificate
 * @param endorsementKey {@code sha256:} and the digest of the endorsement key whose TPM has solved the gateway's challenge
 *     for this key and secret; absent if no TPM has
 */
public record EnrollmentProof(
        String secretDigest,
        String publicKey,
        @Nullable EarlyPreparation preparation,
        @Nullable AgentConnection connection,
        @Nullable String endorsementKey) {}
