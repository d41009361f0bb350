package io.nodejoin.gateway.enrollment;

import io.nodejoin.activities.LruMap;
import io.nodejoin.activities.RootCause;
import io.nodejoin.gateway.ratelimit.RateLimiter;
import io.nodejoin.gateway.temporal.JoinWorkflows;
import io.nodejoin.gateway.temporal.JoinWorkflows.RunningJoin;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this replica knows of the joins that agents wait for. Temporal is asked about a node once in an interval, however
 * often its agents ask, unless something of it is new. About nodes of which no start was seen it is asked only so often in all, since
 * strangers can name any: they wait until a start is seen. Thread-safe.
 */
final class KnownJoins {
    private static final Logger LOG = LoggerFactory.getLogger(KnownJoins.class);
    private static final int MAX_NODES = 20_000;
    private static final Duration RETRY = Duration.ofSeconds(5);
    /** Of lookups of nodes of which no start was seen; a start is seen a second after it, so that few wait for that. */
    private static final double UNSEEN_PER_SECOND = 20;

    private static final double MAX_UNSEEN = 200;
    /** Nodes are asked about between three and five quarters of the interval, so that they do not stay in step. */
    private static final double EARLIEST = 0.75;

    private static final double SPREAD = 0.5;
    private static final int STEPS = 1024;

    private final JoinWorkflows workflows;
    private final Duration interval;
    private final LongSupplier nanoTime;
    private final Map<NodeRef, Answer> answers = new LruMap<>(MAX_NODES);
    private final Map<NodeRef, Boolean> started = new LruMap<>(MAX_NODES);
    private final RateLimiter unseen;
    private long queries;

    /**
     * @param until when it is out of date
     * @param query the query that it comes from
     */
    private record Answer(Optional<RunningJoin> join, long until, long query) {}

    KnownJoins(JoinWorkflows workflows, Duration interval, LongSupplier nanoTime) {
        this.workflows = workflows;
        this.interval = interval;
        this.nanoTime = nanoTime;
        this.unseen = new RateLimiter(UNSEEN_PER_SECOND, MAX_UNSEEN, nanoTime);
    }

    /** Returns the running join of this node, asking Temporal if that is due; empty also if Temporal does not respond. */
    Optional<RunningJoin> find(NodeRef node) {
        long query;
        synchronized (this) {
            Answer known = answers.get(node);
            if (known != null && known.until() - nanoTime.getAsLong() > 0) {
                return known.join();
            }
            if (!started.containsKey(node) && !unseen.tryAcquire("")) {
                return Optional.empty();
            }
            query = ++queries;
            answers.put(node, new Answer(Optional.empty(), nanoTime.getAsLong(), query));
        }
        try {
            Optional<RunningJoin> running = workflows.findRunningJoin(node);
            replace(node, query, running, nextQuery(node));
            return running;
        } catch (RuntimeException e) {
            // For the agent, an unavailable Temporal is a wait, like a join that has not started.
            LOG.atWarn()
                    .addKeyValue("cluster", node.cluster())
                    .addKeyValue("node", node.name())
                    .log("the join of an enrollment cannot be looked up: {}", RootCause.message(e));
            replace(node, query, Optional.empty(), RETRY);
            return Optional.empty();
        }
    }

    /** Returns the time until Temporal is asked about this node again without a trigger. */
    synchronized Duration untilNextQuery(NodeRef node) {
        Answer known = answers.get(node);
        return known == null || known.until() - nanoTime.getAsLong() <= 0
                ? RETRY
                : Duration.ofNanos(known.until() - nanoTime.getAsLong());
    }

    /** Has the next look ask Temporal: a join of the node has started, or may have. */
    synchronized void started(NodeRef node) {
        started.put(node, true);
        answers.remove(node);
    }

    /** Has Temporal asked again after a pause: the join did not decide on an enrollment. */
    synchronized void retryLater(NodeRef node) {
        answers.put(node, new Answer(Optional.empty(), nanoTime.getAsLong() + RETRY.toNanos(), ++queries));
    }

    /** Returns whether this run is known. */
    synchronized boolean isKnown(NodeRef node, String run) {
        Answer known = answers.get(node);
        return known != null
                && known.join().filter(join -> join.run().equals(run)).isPresent();
    }

    /** An answer that was out of date before it came is not kept. */
    private synchronized void replace(NodeRef node, long query, Optional<RunningJoin> running, Duration valid) {
        running.ifPresent(_ -> started.put(node, true));
        Answer latest = answers.get(node);
        if (latest != null && latest.query() == query) {
            answers.put(node, new Answer(running, nanoTime.getAsLong() + valid.toNanos(), query));
        }
    }

    private Duration nextQuery(NodeRef node) {
        double step = Math.floorMod(node.hashCode(), STEPS) / (double) STEPS;
        return Duration.ofNanos(Math.round(interval.toNanos() * (EARLIEST + SPREAD * step)));
    }
}
