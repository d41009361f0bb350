package io.nodejoin.service.collector;

import io.micrometer.core.instrument.MeterRegistry;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.activities.kubernetes.csr.TokenMisuseMonitor;
import io.nodejoin.activities.kubernetes.node.NodeWatcher;
import io.nodejoin.activities.kubernetes.outbox.OutcomeOutbox;
import io.nodejoin.client.kubernetes.ClusterAdapters;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.workflows.cleanup.OrphanActivities;
import io.temporal.client.WorkflowClient;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * This replica's garbage collectors, three threads per cluster, so that a slow API server delays no other cluster. The
 * collectors of all replicas act: a request has one cleanup at a time, and every other effect is preconditioned and idempotent.
 */
public final class GarbageCollectors {
    private static final Duration COLLECTION_INTERVAL = Duration.ofSeconds(10);
    private static final Duration MONITOR_INTERVAL = Duration.ofSeconds(5);
    private static final Duration MISUSE_INTERVAL = Duration.ofSeconds(2);

    private final Map<ClusterName, CollectorMetrics> metrics;
    private final OrphanInspector orphans;
    private final PeriodicTasks tasks;

    /** @param temporal a client that fails fast when Temporal is unavailable */
    public GarbageCollectors(
            Set<ClusterName> clusters,
            ClusterAdapters adapters,
            WorkflowClient temporal,
            Clock clock,
            AuditLog audit,
            MeterRegistry meters) {
        this.metrics = clusters.stream()
                .collect(Collectors.toMap(cluster -> cluster, cluster -> new CollectorMetrics(meters, cluster)));
        WorkflowStatuses workflows = new TemporalWorkflowStatuses(temporal);
        Cleanups cleanups = new TemporalCleanups(temporal, clock);
        this.orphans = new OrphanInspector(cluster -> new KubernetesOrphans(cluster, adapters, audit), workflows);
        this.tasks = new PeriodicTasks(
                metrics.entrySet().stream()
                        .flatMap(cluster -> {
                            var collection = new CollectionCycle(
                                    new KubernetesOrphans(cluster.getKey(), adapters, audit),
                                    workflows,
                                    cleanups,
                                    cluster.getValue(),
                                    System::nanoTime);
                            return tasks(cluster.getKey(), collection, adapters, audit, cluster.getValue());
                        })
                        .toList(),
                RandomGenerator.getDefault()::nextDouble);
    }

    private static Stream<PeriodicTasks.Task> tasks(
            ClusterName cluster,
            CollectionCycle collection,
            ClusterAdapters adapters,
            AuditLog audit,
            CollectorMetrics metrics) {
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
                new PeriodicTasks.Task("garbage collection of ledger-" + cluster, COLLECTION_INTERVAL, collection::run),
                new PeriodicTasks.Task("garbage collection of tokens-" + cluster, MISUSE_INTERVAL, misuse::run),
                new PeriodicTasks.Task("garbage collection of nodes-" + cluster, MONITOR_INTERVAL, monitor::run));
    }

    /** Returns what the cleanups that these collectors start need to know. */
    public OrphanActivities orphanActivities() {
        return orphans;
    }

    /** Returns for how long the oldest ended join of each cluster has had objects left to delete; zero if none has. */
    public Map<ClusterName, Duration> orphanAges() {
        return metrics.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().orphanAge()));
    }

    /** Starts all of them; does not block. */
    public void start() {
        tasks.start();
    }

    /** Completes the current effects. */
    public void stop() throws InterruptedException {
        tasks.stop();
    }
}
