package io.nodejoin.protocol.agent;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;

/**
 * {@code POST /v1/enrollments}: an agent proves that it runs on the machine of a join, and binds its key to that join.
 * Sent over server-authenticated TLS with a pinned CA.
 *
 * @param secret the one-time secret that the autoscaler put on the machine; the gateway forwards only its digest
 * @param publicKey base64 of the DER SubjectPublicKeyInfo of the agent's P-256 key
 */
public record EnrollmentRequest(ClusterName cluster, NodeName node, String secret, String publicKey) {
    @Override
    public String toString() {
        return "EnrollmentRequest[cluster=" + cluster + ", node=" + node + ", secret=<redacted>]";
    }
}
