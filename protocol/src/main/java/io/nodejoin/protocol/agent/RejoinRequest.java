package io.nodejoin.protocol.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Sha256;

/**
 * {@code POST /v1/rejoins}: a machine whose kubelet certificate has expired requests to rejoin as its own Node. Sent
 * over server-authenticated TLS with a pinned CA. Idempotent: the same request starts the same join.
 *
 * @param secret the secret of the join that created the node; the gateway forwards only its digest
 * @param publicKey base64 of the DER SubjectPublicKeyInfo of the agent's P-256 key, the same as in that join
 * @param certificateSerial the serial number of the expired certificate, in lower-case hex digits
 * @param signature base64 of the DER signature of {@link #signingInput} by that key, ECDSA with SHA-256
 */
public record RejoinRequest(
        ClusterName cluster,
        NodeName node,
        String secret,
        String publicKey,
        String certificateSerial,
        String signature) {

    /**
     * Returns the bytes that the agent signs. They contain no time: the clock of a machine that was off for long may be
     * wrong.
     */
    public static byte[] signingInput(ClusterName cluster, NodeName node, String secret, String certificateSerial) {
        return String.join(
                        "\n",
                        "nodejoin-rejoin-v1",
                        cluster.value(),
                        node.value(),
                        Sha256.hex(secret),
                        certificateSerial)
                .getBytes(UTF_8);
    }

    @Override
    public String toString() {
        return "RejoinRequest[cluster=" + cluster + ", node=" + node + ", secret=<redacted>]";
    }
}
