package io.nodejoin.service.collector;

import io.micrometer.core.instrument.MeterRegistry;
import io.nodejoin.activities.SupervisedLoop;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.activities.kubernetes.csr.TokenMisuseMonitor;
import io.nodejoin.activities.kubernetes.node.NodeWatcher;
import io.nodejoin.activities.kubernetes.outbox.OutcomeOutbox;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.service.worker.ClusterAdapters;
import io.nodejoin.workflows.event.EventActivities;
import io.temporal.client.WorkflowClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This replica's garbage collectors, three threads per cluster, so that a slow API server delays no other cluster. The
 * collectors of all replicas act: every effect is preconditioned and idempotent, so it happens once.
 */
public final class GarbageCollectors {
    private static final Logger LOG = LoggerFactory.getLogger(GarbageCollectors.class);
    private static final Duration COLLECTION_INTERVAL = Duration.ofSeconds(10);
    private static final Duration MONITOR_INTERVAL = Duration.ofSeconds(5);
    private static final Duration MISUSE_INTERVAL = Duration.ofSeconds(2);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(3);
    /** Replicas that start together should not go on together. */
    private static final double JITTER = 0.2;

    private final DoubleSupplier random;
    private final Map<ClusterName, CollectorMetrics> metrics;
    private final List<Thread> threads;
    private final CountDownLatch stopping = new CountDownLatch(1);

    /** A task that runs periodically, concurrently with the others. */
    record PeriodicTask(String name, Duration interval, Runnable action) {}

    /** @param temporal a client that fails fast when Temporal is unavailable */
    public GarbageCollectors(
            Set<ClusterName> clusters,
            ClusterAdapters adapters,
            WorkflowClient temporal,
            EventActivities events,
            AuditLog audit,
            MeterRegistry meters) {
        this(adapters, temporal, events, audit, metrics(clusters, meters));
    }

    private GarbageCollectors(
            ClusterAdapters adapters,
            WorkflowClient temporal,
            EventActivities events,
            AuditLog audit,
            Map<ClusterName, CollectorMetrics> metrics) {
        this(
                metrics.entrySet().stream()
                        .flatMap(cluster -> tasks(
                                cluster.getKey(),
                                adapters,
                                new TemporalWorkflowStatuses(temporal),
                                events,
                                audit,
                                cluster.getValue()))
                        .toList(),
                metrics,
                RandomGenerator.getDefault()::nextDouble);
    }

    private static Map<ClusterName, CollectorMetrics> metrics(Set<ClusterName> clusters, MeterRegistry meters) {
        return clusters.stream()
                .collect(Collectors.toMap(cluster -> cluster, cluster -> new CollectorMetrics(meters, cluster)));
    }

    GarbageCollectors(List<PeriodicTask> tasks, Map<ClusterName, CollectorMetrics> metrics, DoubleSupplier random) {
        this.random = random;
        this.metrics = Map.copyOf(metrics);
        this.threads = tasks.stream()
                .map(task -> Thread.ofVirtual().name("gc-" + task.name()).unstarted(() -> runPeriodically(task)))
                .toList();
    }

    private static Stream<PeriodicTask> tasks(
            ClusterName cluster,
            ClusterAdapters adapters,
            WorkflowStatuses workflows,
            EventActivities events,
            AuditLog audit,
            CollectorMetrics metrics) {
        FreshnessGuard statuses = new FreshnessGuard(System::nanoTime);
        CollectionCycle cycle = new CollectionCycle(
                new ClusterOrphanCollector(cluster, adapters, events, audit, statuses),
                workflows,
                metrics,
                statuses,
                System::nanoTime);
        FreshnessGuard nodes = new FreshnessGuard(System::nanoTime);
        NodeMonitor monitor = new NodeMonitor(
                new NodeWatcher(
                        cluster,
                        adapters.clients(),
                        adapters.nodes(),
                        names -> adapters.certificates().latestRenewals(cluster, names),
                        () -> new OutcomeOutbox(adapters.clients().client(cluster)).listNodesBeingJoined(cluster),
                        audit,
                        nodes),
                metrics,
                nodes,
                System::nanoTime);
        TokenMisuseMonitor misuse = new TokenMisuseMonitor(
                cluster,
                adapters.certificates(),
                adapters.tokens()::revokeMisused,
                audit,
                _ -> metrics.foreignSignerRequested());
        return Stream.of(
                new PeriodicTask("ledger-" + cluster, COLLECTION_INTERVAL, cycle::run),
                new PeriodicTask("tokens-" + cluster, MISUSE_INTERVAL, misuse::run),
                new PeriodicTask("nodes-" + cluster, MONITOR_INTERVAL, monitor::run));
    }

    /** Returns for how long the oldest ended join of each cluster has had objects left to delete; zero if none has. */
    public Map<ClusterName, Duration> orphanAges() {
        return metrics.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().orphanAge()));
    }

    /** Starts all of them; does not block. */
    public void start() {
        threads.forEach(Thread::start);
    }

    /** Completes the current effects. */
    public void stop() throws InterruptedException {
        stopping.countDown();
        long deadline = System.nanoTime() + STOP_TIMEOUT.toNanos();
        for (Thread thread : threads) {
            if (thread.isAlive() && !thread.join(Duration.ofNanos(deadline - System.nanoTime()))) {
                thread.interrupt();
            }
        }
    }

    private void runPeriodically(PeriodicTask task) {
        try {
            while (!stopping.await(pause(task.interval()).toNanos(), TimeUnit.NANOSECONDS)) {
                SupervisedLoop.runIteration("garbage collection of " + task.name(), () -> runOnce(task));
            }
        } catch (InterruptedException _) {
            LOG.debug("interrupted");
        }
    }

    /** Returns the interval, shorter or longer by up to a fifth. */
    private Duration pause(Duration interval) {
        double factor = 1 + JITTER * (2 * random.getAsDouble() - 1);
        return Duration.ofNanos((long) (interval.toNanos() * factor));
    }

    private static void runOnce(PeriodicTask task) {
        try {
            task.action().run();
        } catch (RuntimeException e) { // an unavailable cluster is retried in the next cycle
            LOG.warn("garbage collection of {} failed: {}", task.name(), CollectionCycle.reason(e));
        }
    }
}
