package io.nodejoin.service.collector;

import io.micrometer.core.instrument.MeterRegistry;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.workflows.event.EventActivities;
import io.temporal.client.WorkflowClient;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import io.nodejoin.service.worker.ClusterAdapters;

/** This replica's janitors, one per cluster: each cluster has its own leader, and none waits for another's API server. */
public final class Janitors {
    private static final Duration SWEEP = Duration.ofSeconds(10);
    private static final Duration GUARD = Duration.ofSeconds(5);

    private final List<Janitor> janitors;

    /**
     * @param instance the replica's name; a process adds its own mark, since two might be given the same by mistake
     * @param temporal one that says soon that Temporal is away
     */
    public Janitors(
            Set<ClusterName> clusters,
            String instance,
            ClusterAdapters adapters,
            WorkflowClient temporal,
            EventActivities events,
            AuditLog audit,
            MeterRegistry meters) {
        String identity = instance + "_" + UUID.randomUUID();
        JoinRuns runs = new TemporalJoinRuns(temporal);
        this.janitors = clusters.stream()
                .map(cluster -> {
                    Leadership leadership = new Leadership(
                            () -> adapters.clients().client(cluster), identity, LeaseTimes.standard(), cluster.value());
                    JanitorMeters counts = new JanitorMeters(meters, cluster);
                    counts.leading(leadership::isHeld);
                    Remains remains = new ClusterRemains(cluster, adapters, events, audit, leadership);
                    Sweep sweep = new Sweep(remains, runs, counts, System::nanoTime);
                    NodeGuard guard = new NodeGuard(
                            new ClusterGuardedNodes(cluster, adapters, audit, leadership), counts, System::nanoTime);
                    return new Janitor(
                            leadership,
                            List.of(
                                    new Janitor.Round("ledger", SWEEP, sweep::run),
                                    new Janitor.Round("nodes", GUARD, guard::run)),
                            cluster.value());
                })
                .toList();
    }

    /** Starts all of them; returns at once. */
    public void start() {
        janitors.forEach(Janitor::start);
    }

    /** Stops all of them at once: each may wait for its API server. */
    public void stop() throws InterruptedException {
        try (ExecutorService stoppers = Executors.newVirtualThreadPerTaskExecutor()) {
            stoppers.invokeAll(janitors.stream().map(Janitors::stop).toList());
        }
    }

    private static Callable<Janitor> stop(Janitor janitor) {
        return () -> {
            janitor.stop();
            return janitor;
        };
    }
}
