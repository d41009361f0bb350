package io.nodejoin.testbed.chaos;

import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.config.TemporalRole;
import io.nodejoin.testbed.kafka.KafkaBroker;
import io.nodejoin.testbed.postgres.PostgresServer;
import io.nodejoin.testbed.service.NodejoinService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.SequencedMap;

/**
 * Kills and restarts one after the other, while joins run, what users have several of: brokers, Temporal's roles, its PostgreSQL, and
 * replicas of the service; and rotates the agent CA. Some joins are terminated meanwhile, for the garbage collectors of all replicas.
 */
final class WideKills implements Experiment {
    private static final Duration COMPLETION_TIMEOUT = Duration.ofMinutes(6);
    /** The garbage collector looks for a late Node until no activity of its join can act any more: 75 s and one cycle. */
    private static final Duration SETTLE_TIMEOUT = Duration.ofMinutes(2);

    /** Longer than the clients' pauses between two attempts. */
    private static final Duration OUTAGE = Duration.ofSeconds(5);

    private static final int MAX_DELAY_MILLIS = 2_500;
    private static final int JOINS = 4;
    /** With all faults more than a hundred. */
    private static final int ALL_JOINS = 9;

    /** One fault: what is done to what. */
    private record Fault(String name, Runnable action) {}

    @Override
    public String name() {
        return "wide";
    }

    @Override
    public boolean isWide() {
        return true;
    }

    @Override
    public Findings run(ChaosBed bed, Scale scale) {
        Random seededRandom = scale.randomFor(name());
        KillSchedule schedule = new KillSchedule(bed.outcomes()::of);
        AgentCaRotation rotation = new AgentCaRotation(bed.testBed(), bed.checker());
        List<InFlightJoin> joins = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        List<Fault> faults = drawFaults(bed.testBed(), rotation, scale.full(), seededRandom);
        try (ReplicaMonitor replicas = ReplicaMonitor.start(bed.testBed())) {
            for (Fault fault : faults) {
                MixedJoins begun = MixedJoins.start(bed, "wide-" + fault.name(), scale.full() ? ALL_JOINS : JOINS);
                ChaosBed.waitFor(Duration.ofMillis(seededRandom.nextInt(MAX_DELAY_MILLIS)));
                schedule.inject(fault.name(), begun.joins(), fault.action());
                failures.addAll(begun.abortSome(bed));
                joins.addAll(begun.joins());
            }
            failures.addAll(bed.awaitAndCheck(joins, COMPLETION_TIMEOUT, SETTLE_TIMEOUT));
            failures.addAll(schedule.failures());
            failures.addAll(replicas.violations(MixedJoins.terminated(joins)));
            SequencedMap<String, Number> figures = new LinkedHashMap<>();
            figures.put("joins", joins.size());
            figures.put("faults", faults.size());
            figures.putAll(agentFigures(bed, joins, scale.full(), failures));
            figures.putAll(replicas.figures());
            return new Findings(name(), figures, failures);
        }
    }

    /** How many agents have moved, which in a short run may be none, and how many have certificates of the new CA. */
    private static SequencedMap<String, Number> agentFigures(
            ChaosBed bed, List<InFlightJoin> joins, boolean all, List<String> failures) {
        long moved = countMoved(bed, joins);
        if (all && moved == 0) {
            failures.add("no agent moved to another replica during its join");
        }
        long renewed =
                bed.agentCertificates().filter(AgentCaRotation::isOfNewCa).count();
        if (renewed == 0) {
            failures.add("no agent has a certificate of the new agent CA");
        }
        SequencedMap<String, Number> figures = new LinkedHashMap<>();
        figures.put("joins of agents that moved to another replica", moved);
        figures.put("agents with a certificate of the new CA", renewed);
        return figures;
    }

    /** In an order of its own for each seed; without {@code all} one of the brokers and one replica of the service. */
    private static List<Fault> drawFaults(TestBed bed, AgentCaRotation rotation, boolean all, Random seededRandom) {
        List<Fault> faults = new ArrayList<>();
        draw(bed.brokers(), all, seededRandom).forEach(broker -> faults.add(killOf(broker)));
        draw(bed.replicas(), all, seededRandom).forEach(replica -> faults.add(killOf(bed, replica)));
        for (TemporalRole role : TemporalRole.values()) {
            faults.add(new Fault("temporal-" + role, () -> {
                bed.temporalCluster().process(role).kill();
                ChaosBed.waitFor(OUTAGE);
                bed.temporalCluster().launch(role);
            }));
        }
        PostgresServer postgres = bed.temporalCluster().postgres();
        faults.add(new Fault("postgres-kill", () -> {
            postgres.process().kill();
            ChaosBed.waitFor(OUTAGE);
            postgres.start();
        }));
        faults.add(new Fault("postgres-restart", () -> {
            postgres.stop();
            postgres.start();
        }));
        faults.add(new Fault("agent-ca", rotation::rotate));
        Collections.shuffle(faults, seededRandom);
        return faults;
    }

    private static <T> List<T> draw(List<T> some, boolean all, Random seededRandom) {
        return all ? some : List.of(some.get(seededRandom.nextInt(some.size())));
    }

    /** It returns when the others have taken over, and again when it has all records. */
    private static Fault killOf(KafkaBroker broker) {
        return new Fault(broker.process().name(), () -> {
            broker.process().kill();
            broker.awaitInSyncReplicas(false);
            broker.start();
            broker.awaitInSyncReplicas(true);
        });
    }

    /** It returns when the consumers of the others have its partitions. */
    private static Fault killOf(TestBed bed, NodejoinService replica) {
        return new Fault(replica.process().name(), () -> {
            replica.process().kill();
            new ConsumerGroup(bed.kafka().bootstrapServers())
                    .awaitMembers(bed.replicas().size() - 1);
            replica.start();
        });
    }

    private static long countMoved(ChaosBed bed, List<InFlightJoin> joins) {
        try (WorkflowHistories histories =
                new WorkflowHistories(bed.testBed().temporal().target())) {
            return joins.stream()
                    .filter(join -> histories.gatewayQueues(join.node()).size() > 1)
                    .count();
        }
    }
}
