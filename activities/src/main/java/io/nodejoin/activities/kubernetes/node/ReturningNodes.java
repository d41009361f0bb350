package io.nodejoin.activities.kubernetes.node;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.fabric8.kubernetes.api.model.Node;
import io.nodejoin.activities.kubernetes.ClusterClients;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.join.JoinRequested;
import io.nodejoin.workflows.node.JoinedNode;
import io.nodejoin.workflows.node.NodeRef;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Whether a machine may take the place of its own Node again: by what its join noted, and by how the Node is now. */
public final class ReturningNodes {
    /** A kubelet renews its Lease every ten seconds, and Kubernetes takes it for lost after forty. */
    private static final Duration SILENT = Duration.ofSeconds(40);

    private final ClusterClients clients;

    public ReturningNodes(ClusterClients clients) {
        this.clients = clients;
    }

    /** What a machine says of itself: the digest of its secret, and its agent's key. */
    public record Claim(String enrollment, String publicKey) {}

    /** How it stands with the claim. */
    public sealed interface Standing {
        /**
         * The machine is the one that the Node was made of, and the Node waits for it.
         *
         * @param wanted what its join was asked for
         */
        record Welcome(String nodeUid, JoinRequested wanted) implements Standing {}

        /** For whatever reason it stays out; the reason is nothing for the caller. */
        record Refused(Problem why) implements Standing {}
    }

    /** Asks the cluster; changes nothing. */
    public Standing of(NodeRef ref, Claim claim) {
        NodeObjects nodes = new NodeObjects(clients.client(ref.cluster()));
        return judge(
                ref,
                claim,
                new JoinedNodes(ref.cluster(), clients.client(ref.cluster()))
                        .of(ref)
                        .map(NodeNote::joined),
                nodes.read(ref.node()),
                nodes.renewedAt(ref.node()),
                nodes.serverTime());
    }

    static Standing judge(
            NodeRef ref,
            Claim claim,
            Optional<JoinedNode> note,
            Optional<Node> node,
            Optional<Instant> renewedAt,
            Instant now) {
        if (note.isEmpty()) {
            return refused(
                    ErrorCode.NODE_NOT_OURS, "no join is noted of a Node " + ref.node() + ": it left, or never was");
        }
        JoinedNode joined = note.get();
        boolean sameSecret = same(joined.enrollment(), claim.enrollment());
        boolean sameKey = same(joined.publicKey(), claim.publicKey());
        if (!sameSecret || !sameKey) {
            return refused(
                    ErrorCode.ENROLLMENT_REFUSED,
                    (sameSecret ? "the key" : "the secret") + " is not the one of the join of " + ref.node());
        }
        JoinRequested wanted = joined.wanted();
        if (wanted == null) {
            return refused(
                    ErrorCode.NODE_NOT_OURS, "the note on " + ref.node() + " holds no request: send one with rejoin");
        }
        String uid = joined.node().uid();
        Optional<String> found = node.map(present -> present.getMetadata().getUid());
        if (!found.equals(Optional.of(uid))) {
            return refused(
                    ErrorCode.NODE_UID_CHANGED,
                    "the Node " + ref.node() + " of UID " + uid + " is "
                            + found.map(other -> "replaced by one of UID " + other)
                                    .orElse("gone"));
        }
        Optional<Instant> alive = renewedAt.filter(at -> at.isAfter(now.minus(SILENT)));
        return alive.<Standing>map(at -> refused(
                        ErrorCode.NODE_NAME_IN_USE, "the kubelet of " + ref.node() + " renewed its Lease at " + at))
                .orElseGet(() -> new Standing.Welcome(uid, wanted));
    }

    private static Standing refused(ErrorCode code, String detail) {
        return new Standing.Refused(new Problem(code, detail));
    }

    private static boolean same(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(US_ASCII), other.getBytes(US_ASCII));
    }
}
