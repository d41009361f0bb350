package io.nodejoin.service.collector;

import io.nodejoin.activities.kubernetes.outbox.PendingOutcome;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.event.OutcomeEvent;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.node.NodeRef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles orphaned leaves: uncordons the node if it is not drained, else names what is left in the outcome, and a new
 * leave request completes the leave.
 */
final class OrphanedLeaves {
    private static final Logger LOG = LoggerFactory.getLogger(OrphanedLeaves.class);

    private final OrphanCollector collector;
    private final CollectorMetrics metrics;
    /**
     * An entry is kept after its outcome for as long as an activity might still cordon the node; another replica, or
     * this one after a restart, publishes the outcome again.
     */
    private final Set<JoinId> published = new HashSet<>();

    OrphanedLeaves(OrphanCollector collector, CollectorMetrics metrics) {
        this.collector = collector;
        this.metrics = metrics;
    }

    void collect(PendingOutcome pendingLeave, WorkflowStatus.Closed closed, CollectionCycle.Age age) {
        if (closed.outcome().published() || pendingLeave.refused() != null) {
            collector.endEntry(pendingLeave);
            return;
        }
        List<String> residue = new ArrayList<>();
        boolean compensated = compensate(pendingLeave, closed, residue);
        if (!published.contains(pendingLeave.joinId())
                && (compensated || age.observed().compareTo(CollectionCycle.MAX_OUTCOME_DELAY) >= 0)) {
            publishOutcome(pendingLeave, closed, residue);
        }
        if (!compensated) {
            throw Failures.of(
                    FailureType.UNAVAILABLE,
                    new Problem(ErrorCode.COMPENSATION_INCOMPLETE, String.join("; ", residue)));
        }
        if (age.quiescent()) {
            collector.deleteEntry(pendingLeave);
        }
    }

    /** Removes all joins that the ledger no longer lists. */
    void retainAll(Collection<JoinId> listed) {
        published.retainAll(listed);
    }

    /** Returns whether nothing is left to retry. */
    private boolean compensate(PendingOutcome pendingLeave, WorkflowStatus.Closed closed, List<String> residue) {
        List<String> failed = new ArrayList<>();
        CollectionCycle.attempt("Node " + pendingLeave.node(), failed, () -> {
            if (isUncordonable(closed)) {
                collector.uncordon(pendingLeave);
            } else {
                residue.addAll(describeResidue(pendingLeave, closed));
            }
        });
        residue.addAll(failed);
        return failed.isEmpty();
    }

    /** A leave whose history Temporal has lost may have reset the host. */
    private static boolean isUncordonable(WorkflowStatus.Closed closed) {
        return !closed.phases().isEmpty() && !closed.hasReached(Phase.Drained);
    }

    private List<String> describeResidue(PendingOutcome pendingLeave, WorkflowStatus.Closed closed) {
        List<String> left = new ArrayList<>();
        left.add(
                "Host: it may be reset, or its kubelet may run (send the leave request again, or replace the machine)");
        collector
                .findNode(new NodeRef(pendingLeave.cluster(), pendingLeave.node()))
                .filter(node -> node.createdAt().isBefore(pendingLeave.acceptedAt()))
                .ifPresent(node ->
                        left.add("Node: " + pendingLeave.node() + " with UID " + node.uid() + " is not deleted; "
                                + (closed.hasReached(Phase.Drained)
                                        ? "it is cordoned and drained"
                                        : "it may be cordoned and drained, the workflow's history is lost")
                                + " (send the leave request again; uncordon it only if its kubelet runs)"));
        return left;
    }

    private void publishOutcome(PendingOutcome pendingLeave, WorkflowStatus.Closed closed, List<String> residue) {
        OutcomeEvent outcome = closed.outcome().recorded() == null
                ? TerminatedOutcome.leaveFailed(pendingLeave, closed, residue, collector.now())
                : closed.outcome().recorded();
        collector.publish(collector.putOutcomeIfAbsent(pendingLeave, outcome));
        published.add(pendingLeave.joinId());
        metrics.outcomePublished();
        LOG.warn(
                "leave {} of {} {}; the garbage collector publishes its outcome",
                pendingLeave.joinId(),
                pendingLeave.node(),
                closed.how());
    }
}
