package io.nodejoin.testbed.e2e;

import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.activities.kubernetes.ClusterClients;
import io.nodejoin.activities.audit.FileAuditLog;
import io.nodejoin.activities.kubernetes.KubeconfigClients;
import io.nodejoin.activities.kubernetes.clusterinfo.ClusterFitness;
import io.nodejoin.activities.kubernetes.clusterinfo.ClusterPolicy;
import io.nodejoin.activities.kafka.KafkaEventActivities;
import io.nodejoin.activities.kafka.ProducerSettings;
import io.nodejoin.service.config.TemporalConfig;
import io.nodejoin.service.worker.ClusterAdapters;
import io.nodejoin.service.collector.Janitors;
import io.nodejoin.service.worker.TemporalClients;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.kafka.KafkaBroker;
import io.nodejoin.workflows.certificate.ApprovalMode;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** The janitor of a second replica, with the rights of the first. It acts only once it leads. */
final class StandbyJanitor implements AutoCloseable {
    /** The Lease of a dead leader, and a sweep. */
    private static final Duration LEADS = Duration.ofSeconds(60);

    private static final int TOKENS = 500;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final TemporalClients temporal;
    private final KafkaEventActivities events;
    private final ClusterClients clients;
    private final ClusterAdapters adapters;
    private final Janitors janitors;

    private StandbyJanitor(TestBed parts) {
        AuditLog audit =
                new FileAuditLog(parts.directories().root().resolve("standby-audit.log"), "standby", Clock.systemUTC());
        temporal = new TemporalClients(TemporalConfig.at(parts.temporal().target()), meters);
        events = new KafkaEventActivities(
                new ProducerSettings(parts.kafka().bootstrapServers(), Map.of()), KafkaBroker.EVENTS);
        clients = new KubeconfigClients(
                Map.of(SharedBed.CLUSTER, parts.directories().serviceCredential()));
        ClusterFitness fitness =
                new ClusterFitness(clients, Map.of(SharedBed.CLUSTER, new ClusterPolicy(ApprovalMode.NODEJOIN, true)));
        adapters = ClusterAdapters.of(clients, audit, fitness, _ -> TOKENS);
        janitors =
                new Janitors(Set.of(SharedBed.CLUSTER), "standby", adapters, temporal.prompt(), events, audit, meters);
    }

    static StandbyJanitor beside(SharedBed bed) {
        StandbyJanitor standby = new StandbyJanitor(bed.parts());
        standby.janitors.start();
        return standby;
    }

    /** Waits until it leads and has gone through the ledger. */
    void awaitSweeps() {
        await("a sweep of the second janitor").atMost(LEADS).until(() -> count("nodejoin_janitor_sweeps") >= 1);
    }

    /** How many tokens it has revoked. */
    double revoked() {
        return count("nodejoin_janitor_revoked");
    }

    private double count(String name) {
        return meters.find(name).counters().stream().mapToDouble(Counter::count).sum();
    }

    @Override
    public void close() {
        try {
            janitors.stop();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        adapters.close();
        clients.close();
        events.close();
        temporal.close();
    }
}
