package io.nodejoin.service.collector;

import io.nodejoin.activities.FailureBoundary;
import io.nodejoin.activities.kubernetes.outbox.PendingOutcome;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.Failures;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One collection cycle: lists the entries of a cluster and compensates those whose workflow is closed. Another replica
 * may run one at the same time, or continue where this one ended.
 */
final class CollectionCycle {
    /** An activity of a closed run may still act until its start-to-close timeout (45 s) plus one request (10 s). */
    static final Duration QUIESCENT_AFTER = Duration.ofSeconds(75);
    /** Maximum clock skew between Temporal and the cluster. */
    static final Duration MAX_CLOCK_SKEW = Duration.ofSeconds(45);
    /** Maximum delay of an outcome by what cannot be compensated; afterwards the outcome names it as residue. */
    static final Duration MAX_OUTCOME_DELAY = Duration.ofSeconds(30);
    /** Maximum interval between checks for tokens of joins that close while others are compensated. */
    static final Duration REVOCATION_INTERVAL = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(CollectionCycle.class);

    private final OrphanCollector collector;
    private final WorkflowStatuses workflows;
    private final CollectorMetrics metrics;
    private final FreshnessGuard guard;
    private final OrphanedJoins joins;
    private final OrphanedLeaves leaves;
    private final LongSupplier nanoTime;
    private final Map<JoinId, FirstSeen> firstSeen = new HashMap<>();

    CollectionCycle(
            OrphanCollector collector,
            WorkflowStatuses workflows,
            CollectorMetrics metrics,
            FreshnessGuard guard,
            LongSupplier nanoTime) {
        this.collector = collector;
        this.workflows = workflows;
        this.metrics = metrics;
        this.guard = guard;
        this.joins = new OrphanedJoins(collector, metrics);
        this.leaves = new OrphanedLeaves(collector, metrics);
        this.nanoTime = nanoTime;
    }

    /**
     * Runs one cycle: revokes the tokens of all orphaned joins before, and during, anything that takes longer. Checks a
     * join's status in Temporal right before its tokens are revoked, and again before the rest is compensated. A
     * failure of one join does not affect the others; the next cycle retries it.
     */
    void run() {
        List<OrphanedJoin> orphans = collector.listOrphans();
        Set<JoinId> listed = orphans.stream().map(OrphanedJoin::joinId).collect(Collectors.toSet());
        Pass pass = new Pass(listed);
        List<Case> cases = revoke(pass, orphans);
        collect(pass, cases);
        firstSeen.keySet().retainAll(listed);
        leaves.retainAll(listed);
        metrics.cycleCompleted(pass.failed.isEmpty());
        metrics.oldestOrphan(firstSeen.values().stream()
                .map(this::observedFor)
                .max(Duration::compareTo)
                .orElse(Duration.ZERO));
        reportLedger(orphans, cases);
    }

    private void reportLedger(List<OrphanedJoin> joins, List<Case> cases) {
        int listed = joins.stream().mapToInt(join -> join.tokens().size()).sum();
        int revoked = cases.stream()
                .mapToInt(known -> known.revoked().wasAlive().size())
                .sum();
        int orphaned = cases.stream()
                .filter(known -> known.status() instanceof WorkflowStatus.Closed)
                .mapToInt(known -> known.orphan().tokens().size()
                        - known.revoked().wasAlive().size())
                .sum();
        metrics.tokens(listed - revoked, orphaned);
        metrics.oldestRequest(joins.stream()
                .map(OrphanedJoin::pending)
                .filter(Objects::nonNull)
                .map(PendingOutcome::acceptedAt)
                .min(Comparator.naturalOrder())
                .map(oldest -> Duration.between(oldest, collector.now()))
                .orElse(Duration.ZERO));
    }

    /**
     * How long a join has been closed.
     *
     * @param observed how long this garbage collector has seen it closed
     * @param quiescent whether none of its activities can act any more
     */
    record Age(Duration observed, boolean quiescent) {}

    /**
     * When this garbage collector first saw a join closed.
     *
     * @param at time on this process's monotonic clock
     * @param closedBefore minimum time for which it had been closed by then, since a garbage collector that restarts
     *     often would never observe it for long enough
     */
    private record FirstSeen(long at, Duration closedBefore) {}

    /** One cycle: once Temporal is unreachable, it is not queried for the other joins. */
    private static final class Pass {
        private final Set<JoinId> listed;
        private final Set<JoinId> failed = new HashSet<>();
        private WorkflowStatus.@Nullable Unreachable unavailable;

        /** @param listed the joins in the ledger at the start of the cycle */
        Pass(Set<JoinId> listed) {
            this.listed = listed;
        }

        WorkflowStatus ask(Supplier<WorkflowStatus> question) {
            if (unavailable != null) {
                return unavailable;
            }
            WorkflowStatus status = question.get();
            if (status instanceof WorkflowStatus.Unreachable unreachable) {
                LOG.info("Temporal is unavailable ({}): all other joins count as running", unreachable.why());
                unavailable = unreachable;
            }
            return status;
        }
    }

    /** @param revoked the result of revoking its tokens; empty while it may run */
    private record Case(OrphanedJoin orphan, WorkflowStatus status, OrphanedJoins.Revoked revoked) {}

    private List<Case> revoke(Pass pass, List<OrphanedJoin> orphans) {
        List<Case> cases = new ArrayList<>();
        orphans.forEach(orphan -> continueOnFailure(pass, orphan, () -> cases.add(revoke(pass, orphan))));
        return cases;
    }

    private Case revoke(Pass pass, OrphanedJoin orphan) {
        WorkflowStatus status = guard.read(() -> pass.ask(() -> workflows.quickStatus(orphan)));
        return new Case(
                orphan,
                status,
                status instanceof WorkflowStatus.Closed
                        ? joins.revoke(orphan)
                        : new OrphanedJoins.Revoked(Map.of(), List.of()));
    }

    /**
     * Collecting hundreds of joins takes minutes, so tokens of joins that close meanwhile are revoked in between; the
     * next cycle collects those joins.
     */
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
        } catch (RuntimeException e) { // one join that fails must not block the others
            pass.failed.add(orphan.joinId());
            LOG.warn("join {} of {} cannot be collected yet: {}", orphan.joinId(), orphan.node(), reason(e));
        }
    }

    /**
     * Checks the status again: the other joins may have taken minutes, and a workflow reset may have reopened this one.
     */
    private void collect(Pass pass, Case known) {
        OrphanedJoin orphan = known.orphan();
        switch (guard.read(
                known.status() instanceof WorkflowStatus.Closed
                        ? () -> pass.ask(() -> workflows.status(orphan))
                        : known::status)) {
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

    /** Stores the requests that were queued behind the join: once its own entry is deleted, nothing else names them. */
    private FirstSeen recordFirstSeen(Pass pass, OrphanedJoin orphan, WorkflowStatus.Closed closed) {
        LOG.info(
                "join {} of {} {}; the garbage collector compensates it", orphan.joinId(), orphan.node(), closed.how());
        List<PendingOutcome> queued = closed.queued().stream()
                .filter(next -> !pass.listed.contains(next.joinId()))
                .toList();
        if (orphan.pending() != null && !queued.isEmpty()) {
            collector.putQueued(orphan.pending(), queued);
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

    /** Returns empty after a failure. */
    static <T> Optional<T> attemptWithResult(String what, List<String> residue, Supplier<T> act) {
        try {
            return Optional.of(act.get());
        } catch (RuntimeException e) { // a failure becomes residue, and the cycle continues
            residue.add(what + ": " + reason(e));
            return Optional.empty();
        }
    }

    static String reason(RuntimeException thrown) {
        Problem problem = Failures.problemOf(FailureBoundary.failureOf(thrown));
        return problem.code() + ": " + problem.detail();
    }
}
