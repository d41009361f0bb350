package io.nodejoin.testbed.e2e;

import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.activities.audit.FileAuditLog;
import io.nodejoin.activities.kubernetes.ClusterClients;
import io.nodejoin.activities.kubernetes.KubeconfigClients;
import io.nodejoin.activities.kubernetes.clusterinfo.ClusterPolicy;
import io.nodejoin.activities.kubernetes.clusterinfo.ClusterPreconditions;
import io.nodejoin.activities.kubernetes.csr.KubernetesCertificateActivities;
import io.nodejoin.client.config.TemporalConfig;
import io.nodejoin.client.kubernetes.ClusterAdapters;
import io.nodejoin.client.temporal.TemporalClients;
import io.nodejoin.client.temporal.TemporalEndpoint;
import io.nodejoin.service.collector.GarbageCollectors;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.workflows.csr.ApprovalMode;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** The garbage collector of a second replica, with the rights of the first. */
final class SecondCollector implements AutoCloseable {
    private static final Duration CYCLE_TIMEOUT = Duration.ofSeconds(30);

    private static final int TOKENS = 500;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final TemporalClients temporal;
    private final ClusterClients clients;
    private final KubernetesCertificateActivities certificates;
    private final ClusterAdapters adapters;
    private final GarbageCollectors garbageCollectors;

    private SecondCollector(TestBed testBed) {
        AuditLog audit =
                new FileAuditLog(testBed.directories().root().resolve("second-audit.log"), "second", Clock.systemUTC());
        temporal = new TemporalClients(
                TemporalEndpoint.of(
                        TemporalConfig.withDefaults(testBed.temporal().target())),
                meters);
        clients = new KubeconfigClients(
                Map.of(SharedBed.CLUSTER, testBed.directories().serviceCredential()));
        ClusterPreconditions preconditions = new ClusterPreconditions(
                clients, Map.of(SharedBed.CLUSTER, new ClusterPolicy(ApprovalMode.NODEJOIN, true)), System::nanoTime);
        certificates = new KubernetesCertificateActivities(clients, audit, _ -> {});
        adapters = ClusterAdapters.create(
                clients, audit, preconditions, _ -> TOKENS, certificates, certificates::denyPending, (_, _) -> {});
        garbageCollectors = new GarbageCollectors(
                Set.of(SharedBed.CLUSTER), adapters, temporal.failFastClient(), Clock.systemUTC(), audit, meters);
    }

    static SecondCollector start(SharedBed bed) {
        SecondCollector second = new SecondCollector(bed.testBed());
        second.garbageCollectors.start();
        return second;
    }

    /** Waits until it has gone through the ledger. */
    void awaitCollectionCycle() {
        await("a collection cycle of the second replica")
                .atMost(CYCLE_TIMEOUT)
                .until(() -> count("nodejoin_garbage_collector_cycles") >= 1);
    }

    /** How many cleanups it has started. */
    double startedCleanups() {
        return count("nodejoin_garbage_collector_cleanups_started");
    }

    private double count(String name) {
        return meters.find(name).counters().stream().mapToDouble(Counter::count).sum();
    }

    @Override
    public void close() {
        try {
            garbageCollectors.stop();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        adapters.close();
        certificates.close();
        clients.close();
        temporal.close();
    }
}
