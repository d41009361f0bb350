package io.nodejoin.protocol.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Sha256;
import java.time.Instant;

/**
 * The solution of an {@link AttestationChallenge}, part of an enrollment: the TPM of the endorsement key is in this machine.
 *
 * @param endorsementKey as in the {@link AttestationRequest}
 * @param attestationKeyName as in the {@link AttestationRequest}
 * @param expiresAt as in the {@link AttestationChallenge}
 * @param mac base64 of the HMAC-SHA256 of {@link #macInput} under the secret that the TPM has decrypted
 */
public record Attestation(String endorsementKey, String attestationKeyName, Instant expiresAt, String mac) {

    /** Returns the bytes that the agent authenticates: its enrollment, with its own key. */
    public static byte[] macInput(ClusterName cluster, NodeName node, String secret, String publicKey) {
        return String.join(
                        "\n", "nodejoin-attestation-v1", cluster.value(), node.value(), Sha256.hex(secret), publicKey)
                .getBytes(UTF_8);
    }
}
