package io.nodejoin.protocol.agent;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;

/**
 * {@code POST /v1/enrollments}: an agent proves that it runs on the machine of a join and has its key bound to it. Sent
 * over server-authenticated TLS whose CA is pinned.
 *
 * @param secret the one-time secret that the autoscaler put on the machine; the gateway passes on only its digest
 * @param publicKey base64 of the DER SubjectPublicKeyInfo of the agent's P-256 key
 */
public record EnrollmentRequest(ClusterName cluster, NodeName node, String secret, String publicKey) {
    @Override
    public String toString() {
        return "EnrollmentRequest[cluster=" + cluster + ", node=" + node + ", secret=<redacted>]";
    }
}
