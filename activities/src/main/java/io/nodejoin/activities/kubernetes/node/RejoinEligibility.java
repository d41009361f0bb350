package io.nodejoin.activities.kubernetes.node;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.fabric8.kubernetes.api.model.Node;
import io.nodejoin.activities.kubernetes.ClusterClients;
import io.nodejoin.activities.kubernetes.ServerTime;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.event.JoinRequested;
import io.nodejoin.workflows.node.JoinedNode;
import io.nodejoin.workflows.node.NodeRef;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Decides whether a machine may rejoin as its Node, by the joined-node record and the Node's state. */
public final class RejoinEligibility {
    /** A kubelet renews its Lease every ten seconds, and Kubernetes considers it lost after forty. */
    private static final Duration LEASE_EXPIRY = Duration.ofSeconds(40);

    private final ClusterClients clients;

    public RejoinEligibility(ClusterClients clients) {
        this.clients = clients;
    }

    /** The claim of a machine: the digest of its secret, and its agent's key. */
    public record Claim(String enrollment, String publicKey) {}

    /** The decision on a claim. */
    public sealed interface Result {
        /**
         * The Node was created from this machine and waits for it.
         *
         * @param request the request of the join that created it
         */
        record Eligible(String nodeUid, JoinRequested request) implements Result {}

        /** The machine may not rejoin. The caller does not learn why. */
        record Refused(Problem why) implements Result {}
    }

    /** Decides the claim by the state of the cluster. Read-only. */
    public Result check(NodeRef ref, Claim claim) {
        NodeClient nodeClient = new NodeClient(clients.client(ref.cluster()));
        return evaluate(
                ref,
                claim,
                new JoinedNodeStore(ref.cluster(), clients.client(ref.cluster()))
                        .get(ref)
                        .map(JoinedNodeStore.Entry::joined),
                nodeClient.get(ref.name()),
                nodeClient.leaseRenewedAt(ref.name()),
                ServerTime.fetch(clients.client(ref.cluster())));
    }

    static Result evaluate(
            NodeRef ref,
            Claim claim,
            Optional<JoinedNode> joinedNode,
            Optional<Node> node,
            Optional<Instant> renewedAt,
            Instant now) {
        if (joinedNode.isEmpty()) {
            return refused(
                    ErrorCode.NODE_NOT_MANAGED,
                    "no joined node is recorded as " + ref.name() + ": it has left, or never joined");
        }
        JoinedNode joined = joinedNode.get();
        boolean sameSecret = equalInConstantTime(joined.enrollment(), claim.enrollment());
        boolean sameKey = equalInConstantTime(joined.publicKey(), claim.publicKey());
        if (!sameSecret || !sameKey) {
            return refused(
                    ErrorCode.ENROLLMENT_REFUSED,
                    (sameSecret ? "the key" : "the secret") + " is not the one of the join of " + ref.name());
        }
        JoinRequested wanted = joined.spec();
        if (wanted == null) {
            return refused(
                    ErrorCode.NODE_NOT_MANAGED,
                    "the record of " + ref.name() + " has no request: send one with rejoin");
        }
        String uid = joined.identity().uid();
        Optional<String> found = node.map(present -> present.getMetadata().getUid());
        if (!found.equals(Optional.of(uid))) {
            return refused(
                    ErrorCode.NODE_UID_CHANGED,
                    "the Node " + ref.name() + " of UID " + uid + " is "
                            + found.map(other -> "replaced by one of UID " + other)
                                    .orElse("gone"));
        }
        Optional<Instant> alive = renewedAt.filter(at -> at.isAfter(now.minus(LEASE_EXPIRY)));
        return alive.<Result>map(at -> refused(
                        ErrorCode.NODE_NAME_IN_USE, "the kubelet of " + ref.name() + " renewed its Lease at " + at))
                .orElseGet(() -> new Result.Eligible(uid, wanted));
    }

    private static Result refused(ErrorCode code, String detail) {
        return new Result.Refused(new Problem(code, detail));
    }

    private static boolean equalInConstantTime(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(US_ASCII), other.getBytes(US_ASCII));
    }
}
