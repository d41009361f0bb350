package io.nodejoin.gateway.enrollment;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.node.NodeRef;

/** Takes machines back whose kubelet's certificate has ended. */
public interface RejoinHandler {

    /**
     * Judges the claim and starts the join. One comeback is one join: a second call finds the first one's. Throws a
     * {@link RuntimeException} if it could not find out or could not act.
     */
    Answer rejoin(RejoinAttempt attempt);

    /**
     * A machine that has proven that it holds the key.
     *
     * @param secretDigest digest of the secret that it knows
     * @param publicKey the key, base64 of its DER SubjectPublicKeyInfo
     * @param certificateSerial of the kubelet's certificate, in lower-case hex digits
     */
    record RejoinAttempt(NodeRef node, String secretDigest, String publicKey, String certificateSerial) {}

    /** What became of it. */
    sealed interface Answer {
        /** This join takes the machine back. */
        record Started(JoinId joinId) implements Answer {}

        /** The machine stays out; only the audit log says why. */
        record Refused(Problem why) implements Answer {}
    }
}
