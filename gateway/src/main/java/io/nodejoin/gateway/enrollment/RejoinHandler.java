package io.nodejoin.gateway.enrollment;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.node.NodeRef;

/** Rejoins machines whose kubelet certificate has expired. */
public interface RejoinHandler {

    /**
     * Decides the claim and starts the join. Idempotent: the same certificate serial gives the same join. Throws a
     * {@link RuntimeException} if it could not find out or could not act.
     */
    Answer rejoin(RejoinAttempt attempt);

    /**
     * A machine that has proven possession of its key.
     *
     * @param secretDigest digest of the secret in its request
     * @param publicKey the key, base64 of its DER SubjectPublicKeyInfo
     * @param certificateSerial serial number of the kubelet's certificate, in lower-case hex digits
     */
    record RejoinAttempt(NodeRef node, String secretDigest, String publicKey, String certificateSerial) {}

    /** The result of an attempt to rejoin. */
    sealed interface Answer {
        /** This join has started. */
        record Started(JoinId joinId) implements Answer {}

        /** The machine may not rejoin; only the audit log has the reason. */
        record Refused(Problem why) implements Answer {}
    }
}
