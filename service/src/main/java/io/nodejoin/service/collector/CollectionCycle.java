package io.nodejoin.service.collector;

import io.nodejoin.activities.FailureBoundary;
import io.nodejoin.activities.kubernetes.outbox.PendingOutcome;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.temporal.StepOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One collection cycle: lists what requests have in a cluster, and starts a cleanup for each whose workflow has ended. Another replica
 * may run one at the same time: a request has one cleanup at a time.
 */
final class CollectionCycle {
    /** A cleanup that succeeds has ended by then: two looks, and the start. */
    private static final Duration OVERDUE = StepOptions.RUN_QUIET_AFTER.plusSeconds(15);

    private static final Logger LOG = LoggerFactory.getLogger(CollectionCycle.class);
    private final ClusterOrphans cluster;
    private final WorkflowStatuses workflows;
    private final Cleanups cleanups;
    private final CollectorMetrics metrics;
    private final LongSupplier nanoTime;
    /** When each request was first seen to have ended, in nanoseconds of this process. */
    private final Map<JoinId, Long> firstSeen = new HashMap<>();

    CollectionCycle(
            ClusterOrphans cluster,
            WorkflowStatuses workflows,
            Cleanups cleanups,
            CollectorMetrics metrics,
            LongSupplier nanoTime) {
        this.cluster = cluster;
        this.workflows = workflows;
        this.cleanups = cleanups;
        this.metrics = metrics;
        this.nanoTime = nanoTime;
    }

    /**
     * Runs one cycle. A failure with one request does not affect the others; the next cycle repeats it. While Temporal does not know
     * whether a request is over, deletes its tokens that have expired, and no more.
     */
    void run() {
        List<OrphanedJoin> listed = cluster.list();
        Pass pass = new Pass();
        listed.forEach(orphan -> continueOnFailure(pass, orphan, () -> check(pass, orphan)));
        List<OrphanedJoin> orphans = withoutThoseThatEndedMeanwhile(pass);
        orphans.forEach(orphan -> continueOnFailure(pass, orphan, () -> cleanUp(pass, orphan)));
        firstSeen.keySet().retainAll(orphans.stream().map(OrphanedJoin::joinId).toList());
        report(pass, listed, orphans);
    }

    /** What one cycle knows: once Temporal is unreachable, it is not queried for the other joins. */
    private static final class Pass {
        private final Map<JoinId, WorkflowStatus.Closed> closed = new LinkedHashMap<>();
        private WorkflowStatus.@Nullable Unreachable unreachable;
        private boolean failed;
    }

    private void check(Pass pass, OrphanedJoin orphan) {
        switch (status(pass, orphan)) {
            case WorkflowStatus.Running _ -> {}
            case WorkflowStatus.Closed closed -> pass.closed.put(orphan.joinId(), closed);
            case WorkflowStatus.OtherNamespace(String why) -> deleteExpiredTokens(orphan, why);
            case WorkflowStatus.Unreachable(String why) -> deleteExpiredTokens(orphan, why);
            case WorkflowStatus.Unknown(String why) -> deleteExpiredTokens(orphan, why);
        }
    }

    private WorkflowStatus status(Pass pass, OrphanedJoin orphan) {
        if (pass.unreachable != null) {
            return pass.unreachable;
        }
        WorkflowStatus status = workflows.quickStatus(orphan);
        if (status instanceof WorkflowStatus.Unreachable unreachable) {
            LOG.info("Temporal is unavailable ({}): all other joins count as running", unreachable.why());
            pass.unreachable = unreachable;
        }
        return status;
    }

    private void deleteExpiredTokens(OrphanedJoin orphan, String why) {
        if (orphan.tokens().isEmpty()) {
            return;
        }
        Instant now = cluster.now();
        orphan.tokens().stream()
                .filter(entry -> entry.expiresAt().isBefore(now))
                .forEach(entry -> {
                    LOG.warn(
                            "token {} has expired; the status of its join is unknown: {}",
                            entry.token().tokenId(),
                            why);
                    cluster.deleteExpiredToken(entry);
                });
    }

    /** A request that ended between the listing and the question has left nothing by now. */
    private List<OrphanedJoin> withoutThoseThatEndedMeanwhile(Pass pass) {
        return pass.closed.isEmpty()
                ? List.of()
                : cluster.list().stream()
                        .filter(orphan -> pass.closed.containsKey(orphan.joinId()))
                        .toList();
    }

    private void cleanUp(Pass pass, OrphanedJoin orphan) {
        WorkflowStatus.Closed closed = Objects.requireNonNull(pass.closed.get(orphan.joinId()));
        firstSeen.putIfAbsent(orphan.joinId(), nanoTime.getAsLong());
        if (cleanups.start(orphan, closed)) {
            metrics.cleanupStarted();
            LOG.warn("join {} of {} {}; it is cleaned up after", orphan.joinId(), orphan.node(), closed.how());
        }
    }

    private void report(Pass pass, List<OrphanedJoin> listed, List<OrphanedJoin> orphans) {
        metrics.cycleCompleted(!pass.failed);
        metrics.oldestOrphan(firstSeen.keySet().stream()
                .map(this::knownFor)
                .max(Duration::compareTo)
                .orElse(Duration.ZERO));
        metrics.tokens(
                countTokens(listed),
                countTokens(orphans.stream()
                        .filter(orphan -> knownFor(orphan.joinId()).compareTo(OVERDUE) > 0)
                        .toList()));
        metrics.oldestRequest(listed.stream()
                .map(OrphanedJoin::pending)
                .filter(Objects::nonNull)
                .map(PendingOutcome::acceptedAt)
                .min(Comparator.naturalOrder())
                .map(oldest -> Duration.between(oldest, cluster.now()))
                .orElse(Duration.ZERO));
    }

    private Duration knownFor(JoinId orphan) {
        long now = nanoTime.getAsLong();
        return Duration.ofNanos(now - firstSeen.getOrDefault(orphan, now));
    }

    private static int countTokens(List<OrphanedJoin> joins) {
        return joins.stream().mapToInt(join -> join.tokens().size()).sum();
    }

    private static void continueOnFailure(Pass pass, OrphanedJoin orphan, Runnable act) {
        try {
            act.run();
        } catch (RuntimeException e) { // one join that fails must not block the others
            pass.failed = true;
            LOG.warn("join {} of {} cannot be collected yet: {}", orphan.joinId(), orphan.node(), reason(e));
        }
    }

    static String reason(RuntimeException thrown) {
        Problem problem = Failures.problemOf(FailureBoundary.failureOf(thrown));
        return problem.code() + ": " + problem.detail();
    }
}
