package io.nodejoin.activities.kubernetes.node;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeSystemInfo;
import io.nodejoin.activities.kubernetes.ServerTime;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.node.NodeState;
import io.nodejoin.workflows.node.RegistrationRequest;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Decides whether the request's join created a Node. Pure.
 * <ul>
 * <li>A Node created since the approval is this join's once its kubelet has acted.
 * <li>A Node created before, by no more than {@link ServerTime#MAX_SKEW}, may have been stamped by another API server
 * than the approval. It is this join's if it reports the enrolled machine, and another's if it reports a different one.
 * <li>A Node created even earlier is another's.
 * <li>Of a join that has created the Node itself, only the Node with this UID counts: once its kubelet has reported the
 * enrolled machine and holds a Lease that the Node owns, renewed since the approval. Only the Node's own identity may
 * write both, and only the approved key has it.
 * </ul>
 */
final class RegistrationRules {
    private RegistrationRules() {}

    /**
     * Returns the decision; empty while it depends on more.
     *
     * @param leaseRenewed whether the Node's Lease has been renewed
     */
    static Optional<NodeState> evaluate(Node node, RegistrationRequest request, BooleanSupplier leaseRenewed) {
        return request.createdUid() == null
                ? evaluateNodeOfKubelet(node, request, leaseRenewed)
                : evaluateCreatedNode(node, request.createdUid(), request, leaseRenewed);
    }

    /** Returns whether the decision waits for the Node's Lease, which is not watched. */
    static boolean awaitsLease(Node node, RegistrationRequest request) {
        return request.createdUid() == null || NodeReadiness.systemInfo(node).isPresent();
    }

    private static Optional<NodeState> evaluateCreatedNode(
            Node node, String createdUid, RegistrationRequest request, BooleanSupplier leaseRenewed) {
        String uid = node.getMetadata().getUid();
        if (!uid.equals(createdUid)) {
            return Optional.of(new NodeState.Failed(new Problem(
                    ErrorCode.NODE_UID_CHANGED,
                    "Node " + request.node().name() + " was created with UID " + createdUid + " and has UID " + uid)));
        }
        Optional<NodeSystemInfo> machine = NodeReadiness.systemInfo(node);
        Optional<Problem> mismatch =
                machine.flatMap(info -> NodeReadiness.machineMismatch(info, request.machineId(), request.systemUuid()));
        if (mismatch.isPresent()) {
            return Optional.of(new NodeState.Failed(mismatch.get()));
        }
        return machine.isPresent() && leaseRenewed.getAsBoolean()
                ? Optional.of(registered(node, Instant.parse(node.getMetadata().getCreationTimestamp())))
                : Optional.empty();
    }

    private static Optional<NodeState> evaluateNodeOfKubelet(
            Node node, RegistrationRequest request, BooleanSupplier leaseRenewed) {
        Instant createdAt = Instant.parse(node.getMetadata().getCreationTimestamp());
        Optional<NodeSystemInfo> machine = NodeReadiness.systemInfo(node);
        if (!createdAt.isBefore(request.approvedAt())) {
            // Only the node's own identity may write its status; its first Lease may follow ten seconds after its first
            // status.
            return machine.isPresent() || leaseRenewed.getAsBoolean()
                    ? Optional.of(registered(node, createdAt))
                    : Optional.empty();
        }
        String older = "Node " + request.node().name() + " was created at " + createdAt
                + ", before this join's certificate was approved at " + request.approvedAt();
        if (createdAt.isBefore(request.approvedAt().minus(ServerTime.MAX_SKEW))) {
            return Optional.of(refused(older));
        }
        return machine.map(info -> NodeReadiness.machineMismatch(info, request.machineId(), request.systemUuid())
                .map(other -> refused(older + ", and " + other.detail()))
                .orElseGet(() -> registered(node, createdAt)));
    }

    private static NodeState registered(Node node, Instant createdAt) {
        return new NodeState.Registered(node.getMetadata().getUid(), createdAt);
    }

    private static NodeState refused(String detail) {
        return new NodeState.Failed(new Problem(ErrorCode.NODE_NAME_IN_USE, detail));
    }
}
