package io.nodejoin.service.collector;

import io.nodejoin.activities.FailureBoundary;
import io.nodejoin.activities.kubernetes.outbox.PendingOutcome;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.Failures;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at all that the ledger of a cluster holds and takes back what belongs to no running join. It remembers nothing that
 * it needs: a sweep by another replica goes on wherever this one ended.
 */
final class CollectionCycle {
    /** An activity of a run that has just ended may act for as long as it may run: 45 s, and a call of 10 s. */
    static final Duration QUIESCENT_AFTER = Duration.ofSeconds(75);
    /** By this much Temporal's clock may differ from the cluster's. */
    static final Duration MAX_CLOCK_SKEW = Duration.ofSeconds(45);
    /** An outcome waits no longer than this for what cannot be taken back; then it names it. */
    static final Duration MAX_OUTCOME_DELAY = Duration.ofSeconds(30);
    /** Tokens of joins that end while others are settled wait no longer than this to be looked for. */
    static final Duration REVOCATION_INTERVAL = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(CollectionCycle.class);

    private final OrphanCollector collector;
    private final WorkflowStatuses workflows;
    private final CollectorMetrics metrics;
    private final OrphanedJoins joins;
    private final OrphanedLeaves leaves;
    private final LongSupplier nanoTime;
    private final Map<JoinId, FirstSeen> firstSeen = new HashMap<>();

    CollectionCycle(
            OrphanCollector collector, WorkflowStatuses workflows, CollectorMetrics metrics, LongSupplier nanoTime) {
        this.collector = collector;
        this.workflows = workflows;
        this.metrics = metrics;
        this.joins = new OrphanedJoins(collector, metrics);
        this.leaves = new OrphanedLeaves(collector, metrics);
        this.nanoTime = nanoTime;
    }

    /**
     * Goes once through the ledger: all tokens that have lost their joins are revoked before anything is done that takes longer, and
     * while that is done. Temporal is asked for a join right before its tokens are revoked, and again before the rest is taken back.
     * What fails for one join is tried again by the next sweep, and the others go on.
     *
     * @throws NotLeaderException if another replica leads by now
     */
    void run() {
        List<OrphanedJoin> orphans = collector.listOrphans();
        Set<JoinId> listed = orphans.stream().map(OrphanedJoin::joinId).collect(Collectors.toSet());
        Pass pass = new Pass(new CycleWorkflowStatuses(workflows), listed, new HashSet<>());
        collect(pass, revoke(pass, orphans));
        firstSeen.keySet().retainAll(listed);
        leaves.retainAll(listed);
        metrics.cycleCompleted(pass.failed().isEmpty());
        metrics.oldestOrphan(firstSeen.values().stream()
                .map(this::observedFor)
                .max(Duration::compareTo)
                .orElse(Duration.ZERO));
    }

    /**
     * For how long a join has been over.
     *
     * @param observed by this garbage collector
     * @param quiescent whether nothing of it can act any more
     */
    record Age(Duration observed, boolean quiescent) {}

    /**
     * The first time that this garbage collector saw a join to be over.
     *
     * @param at on this process's monotonic clock
     * @param closedBefore how long it had been over by then at the least: a garbage collector that dies often would never watch for long enough
     */
    private record FirstSeen(long at, Duration closedBefore) {}

    /** @param listed what the ledger held at its beginning */
    private record Pass(WorkflowStatuses workflows, Set<JoinId> listed, Set<JoinId> failed) {}

    /** @param revoked what became of its tokens; nothing while it may run */
    private record Case(OrphanedJoin orphan, WorkflowStatus status, OrphanedJoins.Revoked revoked) {}

    private List<Case> revoke(Pass pass, List<OrphanedJoin> orphans) {
        List<Case> cases = new ArrayList<>();
        orphans.forEach(orphan -> continueOnFailure(pass, orphan, () -> cases.add(revoke(pass.workflows(), orphan))));
        return cases;
    }

    private Case revoke(WorkflowStatuses workflowStatuses, OrphanedJoin orphan) {
        WorkflowStatus status = workflowStatuses.quickStatus(orphan);
        return new Case(
                orphan,
                status,
                status instanceof WorkflowStatus.Closed
                        ? joins.revoke(orphan)
                        : new OrphanedJoins.Revoked(Map.of(), List.of()));
    }

    /** Hundreds of joins take minutes. Tokens are revoked meanwhile of joins that have ended since; the next sweep settles those. */
    private void collect(Pass pass, List<Case> cases) {
        long revoked = nanoTime.getAsLong();
        for (Case known : cases) {
            if (nanoTime.getAsLong() - revoked >= REVOCATION_INTERVAL.toNanos()) {
                revoke(pass, collector.listOrphans());
                revoked = nanoTime.getAsLong();
            }
            continueOnFailure(pass, known.orphan(), () -> collect(pass, known));
        }
    }

    private static void continueOnFailure(Pass pass, OrphanedJoin orphan, Runnable act) {
        try {
            act.run();
        } catch (NotLeaderException e) {
            throw e;
        } catch (RuntimeException e) { // one join that cannot be settled must not keep the others
            pass.failed().add(orphan.joinId());
            LOG.warn("join {} of {} cannot be settled yet: {}", orphan.joinId(), orphan.node(), reason(e));
        }
    }

    /** The other joins may have taken minutes, and a reset may have made one that was over run again. */
    private void collect(Pass pass, Case known) {
        OrphanedJoin orphan = known.orphan();
        switch (known.status() instanceof WorkflowStatus.Closed
                ? pass.workflows().status(orphan)
                : known.status()) {
            case WorkflowStatus.Running _ -> firstSeen.remove(orphan.joinId());
            case WorkflowStatus.OtherNamespace foreign -> joins.deleteExpiredTokens(orphan, foreign.why());
            case WorkflowStatus.Unreachable unreachable -> joins.deleteExpiredTokens(orphan, unreachable.why());
            case WorkflowStatus.Unknown unclear -> joins.deleteExpiredTokens(orphan, unclear.why());
            case WorkflowStatus.Closed closed -> collectClosed(pass, known, closed);
        }
    }

    private void collectClosed(Pass pass, Case known, WorkflowStatus.Closed closed) {
        OrphanedJoin orphan = known.orphan();
        FirstSeen seen = firstSeen.computeIfAbsent(orphan.joinId(), _ -> recordFirstSeen(pass, orphan, closed));
        Duration observed = observedFor(seen);
        Age age = new Age(observed, observed.plus(seen.closedBefore()).compareTo(QUIESCENT_AFTER) >= 0);
        PendingOutcome pending = orphan.pending();
        if (pending != null && orphan.isLeave()) {
            leaves.collect(pending, closed, age);
        } else {
            joins.collect(orphan, closed, known.revoked(), age);
        }
    }

    /** What waited for it and is not in the ledger yet is entered now: once its own entry has ended, nothing tells of it. */
    private FirstSeen recordFirstSeen(Pass pass, OrphanedJoin orphan, WorkflowStatus.Closed closed) {
        LOG.info("join {} of {} {}; what it left is taken back", orphan.joinId(), orphan.node(), closed.how());
        if (orphan.pending() != null) {
            closed.queued().stream()
                    .filter(pending -> !pass.listed().contains(pending.joinId()))
                    .forEach(collector::putPending);
        }
        return new FirstSeen(nanoTime.getAsLong(), closedFor(closed));
    }

    private Duration closedFor(WorkflowStatus.Closed ended) {
        if (ended.closedAt() == null) {
            return Duration.ZERO;
        }
        Duration closed = Duration.between(ended.closedAt(), collector.now()).minus(MAX_CLOCK_SKEW);
        return closed.isNegative() ? Duration.ZERO : closed;
    }

    private Duration observedFor(FirstSeen seen) {
        return Duration.ofNanos(nanoTime.getAsLong() - seen.at());
    }

    static void attempt(String what, List<String> residue, Runnable act) {
        attemptWithResult(what, residue, () -> {
            act.run();
            return what;
        });
    }

    /** Empty if it failed. */
    static <T> Optional<T> attemptWithResult(String what, List<String> residue, Supplier<T> act) {
        try {
            return Optional.of(act.get());
        } catch (NotLeaderException e) {
            throw e;
        } catch (RuntimeException e) { // what fails is named, and the rest goes on
            residue.add(what + ": " + reason(e));
            return Optional.empty();
        }
    }

    static String reason(RuntimeException thrown) {
        Problem problem = Failures.problemOf(FailureBoundary.failureOf(thrown));
        return problem.code() + ": " + problem.detail();
    }
}
