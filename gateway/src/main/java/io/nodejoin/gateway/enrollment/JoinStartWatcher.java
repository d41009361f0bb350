package io.nodejoin.gateway.enrollment;

import io.nodejoin.activities.LruMap;
import io.nodejoin.activities.RootCause;
import io.nodejoin.gateway.temporal.JoinWorkflows;
import io.nodejoin.gateway.temporal.JoinWorkflows.StartedJoin;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees joins and leaves that other processes start, by one query for all agents of this replica: each node's agents would
 * have to ask for themselves otherwise. Not thread-safe.
 */
public final class JoinStartWatcher {
    private static final Logger LOG = LoggerFactory.getLogger(JoinStartWatcher.class);
    /** Temporal lists a start some time after it. */
    private static final Duration LISTING_DELAY = Duration.ofSeconds(10);

    private static final int MAX_RUNS = 20_000;

    private final JoinWorkflows workflows;
    private final BooleanSupplier needed;
    private final Consumer<StartedJoin> seen;
    private final Map<String, Boolean> runs = new LruMap<>(MAX_RUNS);
    private boolean away;
    private Instant latest = Instant.EPOCH.plus(LISTING_DELAY);

    /**
     * @param needed whether there are agents to which a start matters
     * @param seen takes each start, once
     */
    public JoinStartWatcher(JoinWorkflows workflows, BooleanSupplier needed, Consumer<StartedJoin> seen) {
        this.workflows = workflows;
        this.needed = needed;
        this.seen = seen;
    }

    /** Asks for starts since the last call, at the first one for all that run. If Temporal does not respond, the next call asks for them. */
    public void check() {
        if (!needed.getAsBoolean()) {
            return;
        }
        try {
            tellStarts();
            away = false;
        } catch (RuntimeException e) {
            if (!away) {
                LOG.warn("joins that other processes start cannot be seen: {}", RootCause.message(e));
            }
            away = true;
        }
    }

    private void tellStarts() {
        for (StartedJoin started : workflows.findStartedSince(latest.minus(LISTING_DELAY))) {
            latest = started.at().isAfter(latest) ? started.at() : latest;
            if (runs.put(started.run(), true) == null) {
                seen.accept(started);
            }
        }
    }
}
