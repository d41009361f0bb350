package io.nodejoin.workflows.token;

import io.nodejoin.protocol.NodeName;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The request to issue a token for one attempt of a join.
 *
 * @param machineId the machine that the token is for
 * @param clusterUid UID of the namespace kube-system, bound into the sealed token
 * @param kubeconfig the text under the key kubeconfig of cluster-info, which is signed with the token
 * @param agentPublicKey base64 of the DER SubjectPublicKeyInfo of the key that the token is encrypted for
 * @param kubeletKeyDigest lower-case hex SHA-256 of the only SubjectPublicKeyInfo that the token's certificate may have;
 *     absent if the kubelet creates its key itself
 * @param ttl the longest validity of the token, at most 15 minutes
 * @param joinDeadline the end of the join, which no token of this id outlives
 */
public record TokenRequest(
        TokenRef token,
        NodeName node,
        String machineId,
        int attempt,
        String clusterUid,
        String kubeconfig,
        String agentPublicKey,
        @Nullable String kubeletKeyDigest,
        Duration ttl,
        Instant joinDeadline) {}
