package io.nodejoin.workflows.token;

import io.nodejoin.protocol.NodeName;
import java.time.Instant;

/**
 * Asks for the token of a reserved id.
 *
 * @param clusterUid bound into the seal
 * @param kubeconfig the text under the key kubeconfig of cluster-info, which the token signs
 * @param agentPublicKey base64 of the DER SubjectPublicKeyInfo of the key that the token is sealed to
 * @param expiresAt when the token ends by itself; at most 15 minutes ahead
 */
public record TokenRequest(
        TokenRef token,
        NodeName node,
        int attempt,
        String clusterUid,
        String kubeconfig,
        String agentPublicKey,
        Instant expiresAt) {}
