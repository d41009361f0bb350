package io.nodejoin.workflows.token;

import io.nodejoin.protocol.NodeName;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The request to issue the token of a reserved id.
 *
 * @param clusterUid UID of the namespace kube-system, bound into the sealed token
 * @param kubeconfig the text under the key kubeconfig of cluster-info, which is signed with the token
 * @param agentPublicKey base64 of the DER SubjectPublicKeyInfo of the key that the token is encrypted for
 * @param kubeletKeyDigest lower-case hex SHA-256 of the only SubjectPublicKeyInfo that the token's certificate may have;
 *     absent if the kubelet creates its key itself
 * @param expiresAt when the token expires; at most 15 minutes ahead
 */
public record TokenRequest(
        TokenRef token,
        NodeName node,
        int attempt,
        String clusterUid,
        String kubeconfig,
        String agentPublicKey,
        @Nullable String kubeletKeyDigest,
        Instant expiresAt) {}
