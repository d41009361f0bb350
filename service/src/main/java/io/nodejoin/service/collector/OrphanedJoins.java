package io.nodejoin.service.collector;

import io.nodejoin.activities.kubernetes.node.JoiningNode;
import io.nodejoin.activities.kubernetes.outbox.PendingOutcome;
import io.nodejoin.activities.kubernetes.token.TokenLedger;
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

/** Compensates orphaned joins and deletes expired tokens. Stateless. */
final class OrphanedJoins {
    private static final Logger LOG = LoggerFactory.getLogger(OrphanedJoins.class);

    private final OrphanCollector collector;
    private final CollectorMetrics metrics;

    OrphanedJoins(OrphanCollector collector, CollectorMetrics metrics) {
        this.collector = collector;
        this.metrics = metrics;
    }

    /**
     * The result of revoking the tokens of one join.
     *
     * @param wasAlive for each revoked token, whether it still existed
     * @param residue a line for each that could not be revoked
     */
    record Revoked(Map<TokenLedger.Entry, Boolean> wasAlive, List<String> residue) {}

    /** Revokes all tokens of a join. Needs no list of objects, so that the tokens of all joins can be revoked first. */
    Revoked revoke(OrphanedJoin orphan) {
        Revoked revoked = new Revoked(new LinkedHashMap<>(), new ArrayList<>());
        for (TokenLedger.Entry entry : orphan.tokens()) {
            CollectionCycle.attempt(
                    name(entry), revoked.residue(), () -> revoked.wasAlive().put(entry, revoke(entry)));
        }
        return revoked;
    }

    /**
     * Compensates an orphaned join apart from its tokens, and publishes its outcome.
     *
     * @param revoked the result of this cycle
     */
    void collect(OrphanedJoin orphan, WorkflowStatus.Closed closed, Revoked revoked, CollectionCycle.Age age) {
        List<String> residue = new ArrayList<>(revoked.residue());
        removeCreatedNode(orphan, closed, residue);
        List<TokenLedger.Entry> revokedEntries = new ArrayList<>();
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
            // A kubelet with a certificate may have registered after the outcome was published.
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

    /** A join that has succeeded has seen its machine register; the watch may be late. */
    private void removeCreatedNode(OrphanedJoin orphan, WorkflowStatus.Closed closed, List<String> residue) {
        JoiningNode node = orphan.createdNode();
        if (node != null && closed.joined() != WorkflowStatus.Joined.YES) {
            CollectionCycle.attempt("Node " + orphan.node(), residue, () -> collector.removeCreatedNode(node));
        }
    }

    /** Deletes expired tokens of a join, even if it may be running. Its pending outcome is unknown and stays. */
    void deleteExpiredTokens(OrphanedJoin orphan, String why) {
        if (orphan.tokens().isEmpty()) {
            return;
        }
        Instant now = collector.now();
        for (TokenLedger.Entry entry : orphan.tokens()) {
            if (entry.expiresAt().isBefore(now)) {
                LOG.warn(
                        "token {} has expired; the status of its join is unknown: {}",
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
        if (closed.outcome().published() || pending.refused() != null) {
            collector.endEntry(pending);
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

    /** Does not quarantine a name whose Node stays: the Node would then be deleted. */
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

    /** A join that published its outcome has handled its certificates itself. */
    private static boolean mayLeaveCertificates(WorkflowStatus.Closed closed) {
        WorkflowStatus.OutcomeState outcome = closed.outcome();
        return closed.joined() != WorkflowStatus.Joined.YES && !outcome.published() && outcome.recorded() == null;
    }

    /**
     * Deletes the Node, unless the join succeeded. If Temporal has lost the workflow, its success is unknown: a Node
     * that is recorded as made Ready by this join may be in use, so it stays and becomes residue. Without the record
     * the join had not succeeded, and the Node is deleted as after any failure.
     */
    private Optional<String> removeNode(OrphanedJoin orphan, WorkflowStatus.Closed closed) {
        return switch (closed.joined()) {
            case YES -> Optional.empty();
            case NO -> collector.removeNode(orphan);
            case UNKNOWN -> {
                Optional<String> ready = collector.findReadyNode(orphan);
                yield ready.isPresent()
                        ? ready.map(uid -> "Node: " + orphan.node() + " with UID " + uid
                                + " was Ready and stays, since it is unknown whether its join succeeded"
                                + " (delete it if it is not needed)")
                        : collector.removeNode(orphan);
            }
        };
    }

    /** Deletes a token. Returns false if it was absent. */
    private boolean revoke(TokenLedger.Entry entry) {
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

    private void removeArtifacts(TokenLedger.Entry entry) {
        collector.removeSignature(entry.token());
        collector.denyPendingCsrs(entry.token());
    }

    private static String name(TokenLedger.Entry entry) {
        return "Token " + entry.token().tokenId();
    }
}
