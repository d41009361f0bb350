package io.nodejoin.service.collector;

import io.nodejoin.activities.kubernetes.outbox.PendingOutcome;
import io.nodejoin.activities.kubernetes.token.TokenLedger;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.workflows.cleanup.OrphanState;
import io.nodejoin.workflows.cleanup.OwedOutcome;
import io.nodejoin.workflows.csr.JoinCertificates;
import io.nodejoin.workflows.event.OutcomeEvent;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What an ended join has left, and what of it has to stay. */
final class JoinInspection {
    private final ClusterOrphans cluster;
    private final List<OrphanedJoin> listed;
    private final OrphanedJoin orphan;
    private final WorkflowStatus.Closed closed;
    private final boolean isDecided;

    /** @param listed all that the cluster lists */
    JoinInspection(
            ClusterOrphans cluster, List<OrphanedJoin> listed, OrphanedJoin orphan, WorkflowStatus.Closed closed) {
        this.cluster = cluster;
        this.listed = listed;
        this.orphan = orphan;
        this.closed = closed;
        this.isDecided = OrphanedOutcomes.isDecided(orphan, closed);
    }

    /** The Node of the name. */
    private sealed interface Found {
        /** None, or that of a join that has succeeded. */
        record Nothing() implements Found {}

        /** This join has created it. */
        record Own(String uid) implements Found {}

        /** It may be in use. */
        record Kept(String line) implements Found {}
    }

    OrphanState.Orphaned inspect() {
        Found node = findNode();
        List<String> remains = new ArrayList<>();
        if (node instanceof Found.Kept(String line) && !isDecided) {
            remains.add(line);
        }
        boolean mayBeInUse = closed.joined() == WorkflowStatus.Joined.YES || node instanceof Found.Kept;
        boolean isHostPrepared = !mayBeInUse && !isDecided && orphan.pending() != null && mayHavePreparedHost();
        if (isHostPrepared && closed.followed()) {
            remains.add("Host: not reset: another request of the node has run since");
        }
        return new OrphanState.Orphaned(
                closed.how(),
                closed.closedAt(),
                latestFirst().map(entry -> entry.token().tokenId()).toList(),
                machineId(),
                tokenValue(TokenLedger.Entry::kubeletKeyDigest),
                mayBeInUse || isDecided ? null : certificates(),
                isHostPrepared && !closed.followed() ? OrphanState.HostReset.NEEDED : OrphanState.HostReset.NOT_NEEDED,
                node instanceof Found.Own(String uid) ? new NodeIdentity(orphan.nodeRef(), uid) : null,
                null,
                remains,
                owed(),
                OrphanedOutcomes.isPublished(orphan.pending(), closed),
                machine(remains));
    }

    /**
     * Returns the machine that goes back to its pool. A run that has decided its outcome has given it back, unless it was terminated
     * just before: then nobody knows any more what is left on it.
     */
    private OrphanState.@Nullable OrphanedMachine machine(List<String> remains) {
        PoolName pool = closed.machinePool();
        if (pool == null || closed.joined() == WorkflowStatus.Joined.YES) {
            return null;
        }
        return new OrphanState.OrphanedMachine(
                pool,
                isDecided ? List.of("Host: the workflow of its join ended before it gave the machine back") : remains);
    }

    /** A join whose history is lost may have. */
    private boolean mayHavePreparedHost() {
        return closed.joined() == WorkflowStatus.Joined.UNKNOWN || closed.hasReached(Phase.AgentConnected);
    }

    /**
     * Finds the Node, unless the join has succeeded, or its outcome is known to have been decided by a run that is not. If Temporal has
     * lost the workflow, its success is unknown: a Node that is recorded as made Ready by this join may be in use, so it
     * stays. Without the record the join had not succeeded.
     */
    private Found findNode() {
        PendingOutcome pending = orphan.pending();
        boolean isRefused = pending != null && pending.refused() != null;
        return closed.joined() == WorkflowStatus.Joined.YES || isRefused
                ? new Found.Nothing()
                : readyNode().or(this::presentNode).orElseGet(Found.Nothing::new);
    }

    private Optional<Found> readyNode() {
        return closed.joined() == WorkflowStatus.Joined.UNKNOWN
                ? cluster.findReadyNode(orphan)
                        .map(uid -> new Found.Kept("Node: " + orphan.node() + " with UID " + uid
                                + " was Ready and stays, since it is unknown whether its join succeeded"
                                + " (delete it if it is not needed)"))
                : Optional.empty();
    }

    private Optional<Found> presentNode() {
        return cluster.findNode(orphan.nodeRef())
                .map(node -> cluster.isNodeOf(orphan, node)
                        ? new Found.Own(node.uid())
                        : new Found.Kept("Node: " + orphan.node() + " exists since " + node.createdAt()
                                + ", and nothing proves that this join created it"
                                + " (check it, and delete it if it is not needed)"));
    }

    /**
     * Returns the certificates of the last attempt: earlier ones have compensated themselves. They are found by its token, unless the
     * ledger has that no more, or Temporal does not know how many attempts there were.
     */
    private JoinCertificates certificates() {
        long attempts = closed.phases().stream()
                .filter(reached -> reached.phase() == Phase.AgentConnected)
                .count();
        return latestFirst()
                .findFirst()
                .filter(entry -> attempts > 0 && entry.attempt() >= attempts)
                .<JoinCertificates>map(entry -> new JoinCertificates.OfToken(entry.token()))
                .orElseGet(() -> new JoinCertificates.OfJoin(orphan.cluster(), orphan.joinId(), orphan.tokenIds()));
    }

    private Stream<TokenLedger.Entry> latestFirst() {
        return orphan.tokens().stream()
                .sorted(Comparator.comparingInt(TokenLedger.Entry::attempt).reversed());
    }

    private @Nullable String machineId() {
        String known = tokenValue(TokenLedger.Entry::machineId);
        return known == null ? cluster.findMachineId(orphan).orElse(null) : known;
    }

    private @Nullable String tokenValue(Function<TokenLedger.Entry, @Nullable String> value) {
        return latestFirst().map(value).filter(Objects::nonNull).findFirst().orElse(null);
    }

    /** What was queued behind the join and has no entry of its own is named by nothing else. */
    private List<OwedOutcome> owed() {
        PendingOutcome pending = orphan.pending();
        if (pending == null || OrphanedOutcomes.isPublished(pending, closed)) {
            return List.of();
        }
        OutcomeEvent decided = OrphanedOutcomes.decided(pending, closed);
        List<OwedOutcome> owed = new ArrayList<>();
        owed.add(OrphanedOutcomes.owed(pending, closed, decided == null ? succeeded(pending) : decided));
        Set<JoinId> entered = listed.stream().map(OrphanedJoin::joinId).collect(Collectors.toSet());
        closed.queued().stream()
                .filter(next -> !entered.contains(next.joinId()))
                .forEach(next -> owed.add(OrphanedOutcomes.queued(next)));
        return owed;
    }

    /** Returns the success of a join that had reached Joined; null of any other, and if its Node is gone. */
    private @Nullable OutcomeEvent succeeded(PendingOutcome pending) {
        if (closed.joined() != WorkflowStatus.Joined.YES) {
            return null;
        }
        Instant now = cluster.now();
        return cluster.findNode(orphan.nodeRef())
                .map(node -> success(pending, node, now))
                .orElse(null);
    }

    /** A join that found its node already joined has no Ready phase. */
    private OutcomeEvent success(PendingOutcome pending, NodeState.Registered node, Instant now) {
        return new OutcomeEvent(
                OrphanedOutcomes.owed(pending, closed, null).eventId(Phase.Joined),
                pending.cluster(),
                pending.node().value(),
                now,
                new JoinSucceeded(
                        pending.cluster(),
                        pending.node(),
                        pending.joinId(),
                        node.uid(),
                        closed.phases(),
                        closed.hasReached(Phase.NodeReady) ? null : Boolean.TRUE,
                        pending.pool()));
    }
}
