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
 * Leaves whose workflow does not run any more. As long as the node can stay, it stays; from then on what is left is named and
 * nothing is touched: whoever asks for the leave again finishes it.
 */
final class OrphanedLeaves {
    private static final Logger LOG = LoggerFactory.getLogger(OrphanedLeaves.class);

    private final OrphanCollector collector;
    private final CollectorMetrics metrics;
    /** An entry outlives its outcome for as long as an activity might still cordon; a garbage collector that follows tells it once more. */
    private final Set<JoinId> published = new HashSet<>();

    OrphanedLeaves(OrphanCollector collector, CollectorMetrics metrics) {
        this.collector = collector;
        this.metrics = metrics;
    }

    void collect(PendingOutcome pendingLeave, WorkflowStatus.Closed closed, CollectionCycle.Age age) {
        if (closed.outcome().published()) {
            collector.deleteEntry(pendingLeave);
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

    /** Forgets all that the ledger does not hold any more. */
    void retainAll(Collection<JoinId> listed) {
        published.retainAll(listed);
    }

    /** Returns whether nothing is left to be tried again. */
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

    /** A leave that Temporal has lost, with all that it had reached, may have reset the host. */
    private static boolean isUncordonable(WorkflowStatus.Closed closed) {
        return !closed.phases().isEmpty() && !closed.hasReached(Phase.Drained);
    }

    private List<String> describeResidue(PendingOutcome pendingLeave, WorkflowStatus.Closed closed) {
        List<String> left = new ArrayList<>();
        left.add("Host: it may be reset, or its kubelet may run (ask for the leave again, or replace the machine)");
        collector
                .findNode(new NodeRef(pendingLeave.cluster(), pendingLeave.node()))
                .filter(node -> node.createdAt().isBefore(pendingLeave.acceptedAt()))
                .ifPresent(node ->
                        left.add("Node: " + pendingLeave.node() + " with UID " + node.uid() + " is not deleted; "
                                + (closed.hasReached(Phase.Drained)
                                        ? "it is cordoned and drained"
                                        : "it may be cordoned and drained, Temporal does not know any more")
                                + " (ask for the leave again; uncordon it only if its kubelet runs)"));
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
