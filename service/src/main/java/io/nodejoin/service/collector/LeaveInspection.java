package io.nodejoin.service.collector;

import io.nodejoin.activities.kubernetes.outbox.PendingOutcome;
import io.nodejoin.protocol.Phase;
import io.nodejoin.workflows.cleanup.OrphanState;
import io.nodejoin.workflows.node.NodeIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What an ended leave has left: a cordon, which is lifted if the node is not drained; else a new leave request completes it. */
final class LeaveInspection {
    private final ClusterOrphans cluster;
    private final OrphanedJoin orphan;
    private final PendingOutcome pending;
    private final WorkflowStatus.Closed closed;

    LeaveInspection(ClusterOrphans cluster, OrphanedJoin orphan, WorkflowStatus.Closed closed) {
        this.cluster = cluster;
        this.orphan = orphan;
        this.pending = Objects.requireNonNull(orphan.pending(), "leaves are known by their owed outcome");
        this.closed = closed;
    }

    OrphanState.Orphaned inspect() {
        boolean isPublished = OrphanedOutcomes.isPublished(pending, closed);
        boolean isDecided = OrphanedOutcomes.isDecided(orphan, closed);
        return new OrphanState.Orphaned(
                closed.how(),
                closed.closedAt(),
                List.of(),
                null,
                null,
                null,
                OrphanState.HostReset.NOT_NEEDED,
                null,
                isDecided || !isUncordonable() ? null : presentNode(),
                isDecided || isUncordonable() ? List.of() : describeRemains(),
                isPublished
                        ? List.of()
                        : List.of(OrphanedOutcomes.owed(pending, closed, OrphanedOutcomes.decided(pending, closed))),
                isPublished,
                null);
    }

    /** A leave whose history Temporal has lost may have reset the host. */
    private boolean isUncordonable() {
        return !closed.phases().isEmpty() && !closed.hasReached(Phase.Drained);
    }

    private @Nullable NodeIdentity presentNode() {
        return cluster.findNode(orphan.nodeRef())
                .map(node -> new NodeIdentity(orphan.nodeRef(), node.uid()))
                .orElse(null);
    }

    private List<String> describeRemains() {
        List<String> remains = new ArrayList<>();
        remains.add(
                "Host: it may be reset, or its kubelet may run (send the leave request again, or replace the machine)");
        cluster.findNode(orphan.nodeRef())
                .filter(node -> node.createdAt().isBefore(pending.acceptedAt()))
                .ifPresent(
                        node -> remains.add("Node: " + pending.node() + " with UID " + node.uid() + " is not deleted; "
                                + (closed.hasReached(Phase.Drained)
                                        ? "it is cordoned and drained"
                                        : "it may be cordoned and drained, the workflow's history is lost")
                                + " (send the leave request again; uncordon it only if its kubelet runs)"));
        return remains;
    }
}
