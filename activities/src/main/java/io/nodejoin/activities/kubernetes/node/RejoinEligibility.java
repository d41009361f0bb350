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
import io.nodejoin.workflows.rejoin.RejoinActivities;
import io.nodejoin.workflows.rejoin.RejoinClaim;
import io.nodejoin.workflows.rejoin.RejoinDecision;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Decides whether a machine may rejoin as its Node, by the joined-node record and the Node's state. */
public final class RejoinEligibility implements RejoinActivities {
    /** A kubelet renews its Lease every ten seconds, and Kubernetes considers it lost after forty. */
    private static final Duration LEASE_EXPIRY = Duration.ofSeconds(40);

    private final ClusterClients clients;

    public RejoinEligibility(ClusterClients clients) {
        this.clients = clients;
    }

    @Override
    public RejoinDecision decide(RejoinClaim claim) {
        NodeRef ref = claim.node();
        NodeClient nodeClient = new NodeClient(clients.client(ref.cluster()));
        return evaluate(
                claim,
                new JoinedNodeStore(ref.cluster(), clients.client(ref.cluster()))
                        .get(ref)
                        .map(JoinedNodeStore.Entry::joined),
                nodeClient.get(ref.name()),
                nodeClient.leaseRenewedAt(ref.name()),
                ServerTime.fetch(clients.client(ref.cluster())));
    }

    static RejoinDecision evaluate(
            RejoinClaim claim,
            Optional<JoinedNode> joinedNode,
            Optional<Node> node,
            Optional<Instant> renewedAt,
            Instant now) {
        NodeRef ref = claim.node();
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
        return alive.<RejoinDecision>map(at -> refused(
                        ErrorCode.NODE_NAME_IN_USE, "the kubelet of " + ref.name() + " renewed its Lease at " + at))
                .orElseGet(() -> new RejoinDecision.Eligible(uid, wanted));
    }

    private static RejoinDecision refused(ErrorCode code, String detail) {
        return new RejoinDecision.Refused(new Problem(code, detail));
    }

    private static boolean equalInConstantTime(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(US_ASCII), other.getBytes(US_ASCII));
    }
}
