package io.nodejoin.protocol.agent;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /v1/enrollments}: an agent proves that it runs on the machine of a join, and binds its key to that join.
 * Sent over server-authenticated TLS with a pinned CA.
 *
 * @param secret the enrollment secret that the autoscaler put on the machine; the gateway forwards only its digest
 * @param publicKey base64 of the DER SubjectPublicKeyInfo of the agent's P-256 key
 * @param preparation absent if the host waits for its join to be checked and prepared
 * @param attestation the proof by the host's TPM; absent if it has none or does not use it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record EnrollmentRequest(
        ClusterName cluster,
        NodeName node,
        String secret,
        String publicKey,
        @Nullable EarlyPreparation preparation,
        @Nullable Attestation attestation) {
    @Override
    public String toString() {
        return "EnrollmentRequest[cluster=" + cluster + ", node=" + node + ", secret=<redacted>]";
    }
}
