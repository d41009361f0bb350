package io.nodejoin.protocol.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Sha256;

/**
 * {@code POST /v1/rejoins}: a machine whose kubelet's certificate has ended asks to take the place of its own Node again. Sent
 * over server-authenticated TLS whose CA is pinned. The same request may be sent again and is the same join.
 *
 * @param secret the secret of the join that made the node; the gateway passes on only its digest
 * @param publicKey base64 of the DER SubjectPublicKeyInfo of the agent's P-256 key, the one of that join
 * @param certificateSerial the serial number of the certificate that has ended, in lower-case hex digits
 * @param signature base64 of the DER signature of {@link #signingInput} by that key, ECDSA with SHA-256
 */
public record RejoinRequest(
        ClusterName cluster,
        NodeName node,
        String secret,
        String publicKey,
        String certificateSerial,
        String signature) {

    /** What the agent signs. It holds no time: a machine that was off for long may not know it. */
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
