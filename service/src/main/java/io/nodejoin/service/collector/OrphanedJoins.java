package io.nodejoin.service.collector;

import io.nodejoin.activities.kubernetes.outbox.PendingOutcome;
import io.nodejoin.activities.kubernetes.token.LedgerEntry;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.event.OutcomeEvent;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.node.NodeState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Joins whose workflow does not run any more, and tokens that have ended. It remembers nothing. */
final class OrphanedJoins {
    private static final Logger LOG = LoggerFactory.getLogger(OrphanedJoins.class);

    private final OrphanCollector collector;
    private final CollectorMetrics metrics;

    OrphanedJoins(OrphanCollector collector, CollectorMetrics metrics) {
        this.collector = collector;
        this.metrics = metrics;
    }

    /**
     * What became of the tokens of one join.
     *
     * @param wasAlive of each token that is gone now, whether there still was one
     * @param residue a line for each that could not be revoked
     */
    record Revoked(Map<LedgerEntry, Boolean> wasAlive, List<String> residue) {}

    /** Revokes all tokens of a join. Nothing of it waits for any list, so that it can be done for all joins before all else. */
    Revoked revoke(OrphanedJoin orphan) {
        Revoked revoked = new Revoked(new LinkedHashMap<>(), new ArrayList<>());
        for (LedgerEntry entry : orphan.tokens()) {
            CollectionCycle.attempt(
                    name(entry), revoked.residue(), () -> revoked.wasAlive().put(entry, revoke(entry)));
        }
        return revoked;
    }

    /**
     * Takes back what a join has left beside its tokens, and tells its outcome.
     *
     * @param revoked by the same sweep
     */
    void collect(OrphanedJoin orphan, WorkflowStatus.Closed closed, Revoked revoked, CollectionCycle.Age age) {
        List<String> residue = new ArrayList<>(revoked.residue());
        List<LedgerEntry> revokedEntries = new ArrayList<>();
        revoked.wasAlive()
                .forEach((entry, alive) -> CollectionCycle.attempt(name(entry), residue, () -> {
                    removeArtifacts(entry);
                    if (!alive) {
                        revokedEntries.add(entry);
                    }
                }));
        PendingOutcome pending = orphan.pending();
        if (pending != null) {
            publishOutcome(orphan, pending, closed, residue, age);
        }
        if (age.quiescent() && !revokedEntries.isEmpty()) {
            // A kubelet that had its certificate may have registered after the outcome was told.
            compensateName(orphan, closed, residue)
                    .residue()
                    .forEach(line -> LOG.warn("join {} leaves: {}", orphan.joinId(), line));
            revokedEntries.forEach(collector::deleteEntry);
        }
        if (!residue.isEmpty()) {
            throw Failures.of(
                    FailureType.UNAVAILABLE,
                    new Problem(ErrorCode.COMPENSATION_INCOMPLETE, String.join("; ", residue)));
        }
    }

    /** Nobody needs a token beyond its end, running or not; whether an outcome is owed cannot be known. */
    void deleteExpiredTokens(OrphanedJoin orphan, String why) {
        if (orphan.tokens().isEmpty()) {
            return;
        }
        Instant now = collector.now();
        for (LedgerEntry entry : orphan.tokens()) {
            if (entry.expiresAt().isBefore(now)) {
                LOG.warn(
                        "token {} has ended; its join cannot be asked for: {}",
                        entry.token().tokenId(),
                        why);
                revoke(entry);
                removeArtifacts(entry);
                collector.deleteEntry(entry);
            }
        }
    }

    private void publishOutcome(
            OrphanedJoin orphan,
            PendingOutcome pending,
            WorkflowStatus.Closed closed,
            List<String> residue,
            CollectionCycle.Age age) {
        if (closed.outcome().published()) {
            collector.deleteEntry(pending);
            return;
        }
        TerminatedOutcome.Name name = compensateName(orphan, closed, residue);
        if (!residue.isEmpty() && age.observed().compareTo(CollectionCycle.MAX_OUTCOME_DELAY) < 0) {
            return;
        }
        collector.publish(collector.putOutcomeIfAbsent(pending, outcome(orphan, pending, closed, residue, name)));
        metrics.outcomePublished();
        LOG.warn(
                "join {} of {} {}; the garbage collector publishes its outcome",
                orphan.joinId(),
                orphan.node(),
                closed.how());
        collector.deleteEntry(pending);
    }

    private OutcomeEvent outcome(
            OrphanedJoin orphan,
            PendingOutcome pending,
            WorkflowStatus.Closed closed,
            List<String> residue,
            TerminatedOutcome.Name name) {
        if (closed.outcome().recorded() != null) {
            return closed.outcome().recorded();
        }
        Optional<NodeState.Registered> joined =
                closed.joined() == WorkflowStatus.Joined.YES ? collector.findNode(orphan.nodeRef()) : Optional.empty();
        return joined.map(node -> TerminatedOutcome.joinSucceeded(pending, closed, node.uid(), collector.now()))
                .orElseGet(() -> TerminatedOutcome.joinFailed(pending, closed, residue, name, collector.now()));
    }

    /** A name under which a Node stays is not held back: the hold would have it removed. */
    private TerminatedOutcome.Name compensateName(
            OrphanedJoin orphan, WorkflowStatus.Closed closed, List<String> residue) {
        return CollectionCycle.attemptWithResult("Node " + orphan.node(), residue, () -> {
                    Optional<String> stays = removeNode(orphan, closed);
                    boolean isQuarantined = stays.isEmpty() && mayLeaveCertificates(closed);
                    return new TerminatedOutcome.Name(
                            stays.orElse(null),
                            isQuarantined ? collector.quarantineName(orphan).orElse(null) : null);
                })
                .orElse(TerminatedOutcome.Name.FREE);
    }

    /** A join that came to its outcome has seen to its certificates by itself. */
    private static boolean mayLeaveCertificates(WorkflowStatus.Closed closed) {
        WorkflowStatus.OutcomeState outcome = closed.outcome();
        return closed.joined() != WorkflowStatus.Joined.YES && !outcome.published() && outcome.recorded() == null;
    }

    /**
     * The Node of a join that succeeded is not the garbage collector's to remove. Of a join that Temporal has lost nothing tells whether it succeeded:
     * a Node that the cluster has noted as brought to Ready by this very join may be at work, so it stays and is named. Without the note the
     * join had not come so far, and its Node is removed as after any failure.
     */
    private Optional<String> removeNode(OrphanedJoin orphan, WorkflowStatus.Closed closed) {
        return switch (closed.joined()) {
            case YES -> Optional.empty();
            case NO -> collector.removeNode(orphan);
            case UNKNOWN -> {
                Optional<String> ready = collector.findReadyNode(orphan);
                yield ready.isPresent()
                        ? ready.map(uid -> "Node: " + orphan.node() + " with UID " + uid
                                + " was Ready and stays, since nothing tells whether its join succeeded"
                                + " (remove it if nobody needs it)")
                        : collector.removeNode(orphan);
            }
        };
    }

    /** False if it was gone already. */
    private boolean revoke(LedgerEntry entry) {
        boolean alive = collector.revokeToken(entry);
        if (alive) {
            metrics.tokenRevoked();
            LOG.warn(
                    "token {} of join {} revoked: its join does not run",
                    entry.token().tokenId(),
                    entry.token().joinId());
        }
        return alive;
    }

    private void removeArtifacts(LedgerEntry entry) {
        collector.removeSignature(entry.token());
        collector.denyPendingCsrs(entry.token());
    }

    private static String name(LedgerEntry entry) {
        return "Token " + entry.token().tokenId();
    }
}
