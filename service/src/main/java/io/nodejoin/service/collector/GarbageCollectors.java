package io.nodejoin.service.collector;

import io.micrometer.core.instrument.MeterRegistry;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.service.worker.ClusterAdapters;
import io.nodejoin.workflows.event.EventActivities;
import io.temporal.client.WorkflowClient;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * This replica's garbage collectors, one per cluster: each cluster has its own leader, and a slow API server delays no
 * other cluster.
 */
public final class GarbageCollectors {
    private static final Duration COLLECTION_INTERVAL = Duration.ofSeconds(10);
    private static final Duration MONITOR_INTERVAL = Duration.ofSeconds(5);

    private final List<GarbageCollector> collectors;

    /**
     * @param instance the replica's name; each process adds a random suffix, in case two replicas have the same name
     * @param temporal a client that fails fast when Temporal is unavailable
     */
    public GarbageCollectors(
            Set<ClusterName> clusters,
            String instance,
            ClusterAdapters adapters,
            WorkflowClient temporal,
            EventActivities events,
            AuditLog audit,
            MeterRegistry meters) {
        String identity = instance + "_" + UUID.randomUUID();
        WorkflowStatuses workflows = new TemporalWorkflowStatuses(temporal);
        this.collectors = clusters.stream()
                .map(cluster -> {
                    LeaderElection election = new LeaderElection(
                            () -> adapters.clients().client(cluster),
                            identity,
                            LeaseTimings.defaults(),
                            cluster.value());
                    CollectorMetrics metrics = new CollectorMetrics(meters, cluster);
                    metrics.registerLeader(election::isLeader);
                    OrphanCollector collector = new ClusterOrphanCollector(cluster, adapters, events, audit, election);
                    CollectionCycle cycle = new CollectionCycle(collector, workflows, metrics, System::nanoTime);
                    NodeMonitor monitor = new NodeMonitor(
                            new ClusterMonitoredNodes(cluster, adapters, audit, election), metrics, System::nanoTime);
                    return new GarbageCollector(
                            election,
                            List.of(
                                    new GarbageCollector.PeriodicTask("ledger", COLLECTION_INTERVAL, cycle::run),
                                    new GarbageCollector.PeriodicTask("nodes", MONITOR_INTERVAL, monitor::run)),
                            cluster.value());
                })
                .toList();
    }

    /** Starts all of them; does not block. */
    public void start() {
        collectors.forEach(GarbageCollector::start);
    }

    /** Stops all of them concurrently, since each may wait for its API server. */
    public void stop() throws InterruptedException {
        try (ExecutorService stoppers = Executors.newVirtualThreadPerTaskExecutor()) {
            stoppers.invokeAll(collectors.stream().map(GarbageCollectors::stop).toList());
        }
    }

    private static Callable<GarbageCollector> stop(GarbageCollector garbageCollector) {
        return () -> {
            garbageCollector.stop();
            return garbageCollector;
        };
    }
}
