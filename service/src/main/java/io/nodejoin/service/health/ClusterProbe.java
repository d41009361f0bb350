package io.nodejoin.service.health;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.Problem;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Readiness of one cluster: reachable, and its preconditions met. A new problem is logged once. */
public final class ClusterProbe implements Readiness.Probe {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterProbe.class);
    /**
     * Each join checks the preconditions itself: this check is for people, and need not load the API server at every
     * probe.
     */
    private static final Duration PRECONDITIONS_INTERVAL = Duration.ofSeconds(10);

    private final ClusterName cluster;
    private final boolean strict;
    private final Readiness.Probe reachability;
    private final Supplier<List<Problem>> preconditions;
    private final InstantSource clock;
    private Instant nextCheck = Instant.MIN;
    private volatile List<Problem> problems = List.of();

    /**
     * @param strict whether a problem fails joins
     * @param reachability returns why the cluster is not reachable
     * @param preconditions returns the problems of its joins
     */
    public ClusterProbe(
            ClusterName cluster,
            boolean strict,
            Readiness.Probe reachability,
            Supplier<List<Problem>> preconditions,
            InstantSource clock) {
        this.cluster = cluster;
        this.strict = strict;
        this.reachability = reachability;
        this.preconditions = preconditions;
        this.clock = clock;
    }

    @Override
    public @Nullable String notReadyReason() throws Exception {
        String unreachable = reachability.notReadyReason();
        if (unreachable != null) {
            return unreachable;
        }
        if (!clock.instant().isBefore(nextCheck)) {
            recordProblems(preconditions.get());
            nextCheck = clock.instant().plus(PRECONDITIONS_INTERVAL);
        }
        return strict && !problems.isEmpty() ? "joins are refused: " + text() : null;
    }

    @Override
    public @Nullable String warning() {
        return problems.isEmpty() ? null : "joins are not refused, but " + text();
    }

    @Override
    public boolean isOneOfSeveral() {
        return true;
    }

    private void recordProblems(List<Problem> seen) {
        if (seen.equals(problems)) {
            return;
        }
        problems = seen;
        if (seen.isEmpty()) {
            LOG.info("cluster {} meets the preconditions of joins again", cluster);
        } else if (strict) {
            LOG.error("joins are refused: {}", text());
        } else {
            LOG.warn("joins are not refused, but {}", text());
        }
    }

    private String text() {
        return problems.stream().map(Problem::toLine).collect(Collectors.joining("; "));
    }
}
