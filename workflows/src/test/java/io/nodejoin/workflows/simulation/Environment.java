package io.nodejoin.workflows.simulation;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.event.HostProfile;
import io.nodejoin.protocol.event.JoinRequested;
import io.nodejoin.workflows.csr.ApprovalMode;
import io.nodejoin.workflows.lifecycle.AbortRequest;
import io.nodejoin.workflows.lifecycle.EnrollmentProof;
import io.nodejoin.workflows.lifecycle.JoinPolicy;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import io.nodejoin.workflows.node.JoinedNode;
import io.nodejoin.workflows.node.NameQuarantine;
import io.nodejoin.workflows.node.NodeIdentity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Who requests and cancels joins, what exists before, and which faults occur at any time. */
final class Environment {
    private final World world;
    /** The requests that were admitted, in their order. */
    final List<JoinRequest> requests = new ArrayList<>();

    /** What was called off. */
    final List<Cancel> cancels = new ArrayList<>();

    /** Whether somebody else has presented the machine's secret before its agent did. */
    boolean enrolledByAnother;

    private Instant interventions;

    /**
     * Somebody called off all that was asked for until then.
     *
     * @param newest of these requests
     * @param agreed whether the product said that it ends
     */
    record Cancel(Instant madeAt, JoinId newest, boolean agreed) {
        Cancel(Instant madeAt, JoinId newest) {
            this(madeAt, newest, false);
        }
    }

    Environment(World world) {
        this.world = world;
        this.interventions = world.timeline.now();
    }

    void start() {
        createInitialState();
        JoinRequest request = request(0);
        requests.add(request);
        world.temporal.start(NodeJoinWorkflow.workflowId(World.NODE.cluster(), World.NODE.name()), request);
        world.host.agent.start();
        scheduleEnrollmentGuesses();
        scheduleInterventions();
        scheduleReplicaFaults();
        scheduleHostFaults();
    }

    /** When the last person has interfered. */
    Instant interventionsEnd() {
        return interventions;
    }

    private JoinRequest request(int serial) {
        Duration deadline = serial == 0 && world.weather.fires(Fault.SHORT_DEADLINE)
                ? world.chance.nextSeconds(1, 240)
                : Duration.ofMinutes(14);
        JoinRequested wanted = new JoinRequested(
                World.NODE.cluster(),
                World.NODE.name(),
                SimulatedHost.SECRET_DIGEST,
                List.of("10.0.0.7"),
                Map.of("pool", "general"),
                List.of(),
                "fleet://w1",
                HostProfile.CONTAINERD,
                List.of(),
                null,
                world.weather.fires(Fault.SERVING) ? true : null,
                world.weather.fires(Fault.REJOIN) ? true : null,
                null);
        Instant now = world.timeline.now();
        return new JoinRequest(
                World.joinId("event-" + serial),
                now,
                wanted,
                now.plus(deadline),
                new JoinPolicy(ApprovalMode.NODEJOIN, Duration.ofMinutes(10), List.of(), null));
    }

    private void createInitialState() {
        boolean joined = world.weather.fires(Fault.ALREADY_JOINED);
        boolean own = joined || world.weather.has(Fault.REJOIN);
        if (own || world.weather.fires(Fault.NAME_TAKEN)) {
            String machine = own ? SimulatedHost.FACTS.machineId() : "machine-9";
            SimulatedApiServer.Node node = new SimulatedApiServer.Node(
                    "uid-before", "key-before", machine, world.api.time().minusSeconds(60));
            node.reported = world.timeline.now();
            node.readySince = world.timeline.now();
            world.api.node = node;
            if (own) {
                world.api.nodeRecords.put(
                        World.NODE.name().value(),
                        new JoinedNode(
                                new NodeIdentity(World.NODE, node.uid),
                                World.joinId("before"),
                                SimulatedHost.SECRET_DIGEST,
                                SimulatedHost.AGENT_KEY,
                                machine,
                                null,
                                null));
            }
        }
        if (world.weather.fires(Fault.NAME_QUARANTINED)) {
            String machine = world.chance.nextPercent(50) ? SimulatedHost.FACTS.machineId() : "machine-9";
            world.api.quarantines.put(
                    World.NODE.name().value(),
                    new NameQuarantine(
                            World.NODE,
                            World.joinId("before"),
                            machine,
                            world.api.time().plus(Duration.ofDays(1))));
        }
    }

    private void scheduleEnrollmentGuesses() {
        if (world.weather.fires(Fault.WRONG_SECRET)) {
            scheduleGuess(new EnrollmentProof("aa".repeat(32), "the-key-of-a-guesser"));
        }
        if (world.weather.fires(Fault.SECOND_KEY)) {
            world.timeline.scheduleAfter(
                    Duration.ofSeconds(60),
                    () -> scheduleGuess(new EnrollmentProof(SimulatedHost.SECRET_DIGEST, "another-key")));
        }
    }

    private void scheduleGuess(EnrollmentProof proof) {
        world.timeline.scheduleAfter(
                world.chance.nextSeconds(0, 40),
                () -> world.temporal.update("enroll", proof, answer -> {
                    boolean late = world.temporal
                            .running()
                            .filter(run -> world.host.agent.isEnrolledWith(run.runId))
                            .isPresent();
                    enrolledByAnother |= !answer.hasFailure();
                    if (!answer.hasFailure() && (late || !proof.secretDigest().equals(SimulatedHost.SECRET_DIGEST))) {
                        world.broken("a wrong proof was accepted: " + proof.publicKey());
                    }
                }));
    }

    private void scheduleInterventions() {
        if (world.weather.has(Fault.ABORTED)) {
            scheduleIntervention(Fault.ABORTED, this::abort);
        }
        if (world.weather.has(Fault.CANCEL_REDELIVERED)) {
            scheduleIntervention(Fault.CANCEL_REDELIVERED, this::cancelAndRedeliver);
        }
        if (world.weather.has(Fault.WORKFLOW_CANCELLED)) {
            scheduleIntervention(Fault.WORKFLOW_CANCELLED, world.temporal::cancel);
        }
        if (world.weather.has(Fault.SUPERSEDED)) {
            int count = 1 + world.chance.nextInt(2);
            for (int i = 1; i <= count; i++) {
                int serial = i;
                scheduleIntervention(Fault.SUPERSEDED, () -> supersede(serial));
            }
        }
    }

    /** By an event, which is read again later. */
    private void cancelAndRedeliver() {
        Instant made = world.timeline.now();
        cancel(made);
        Instant again = made.plus(world.chance.nextSeconds(1, 120));
        extendInterventions(again);
        world.timeline.scheduleAt(again, () -> cancel(made));
    }

    /** Nobody hears whether that ends anything. */
    private void cancel(Instant made) {
        cancels.add(new Cancel(made, newestRequestBefore(made)));
        AbortRequest request = new AbortRequest("no longer needed", "an autoscaler", made);
        world.temporal.running().ifPresent(run -> run.signal("cancelRequested", request));
    }

    /** By a person, who means whatever is there when the answer comes. */
    private void abort() {
        Instant asked = world.timeline.now();
        JoinId newest = newestRequestBefore(asked);
        cancels.add(new Cancel(asked, newest));
        world.temporal.update("abort", new AbortRequest("no longer needed", "somebody", null), answer -> {
            if (!answer.hasFailure()) {
                cancels.add(new Cancel(world.timeline.now(), newest, true));
            }
        });
    }

    private JoinId newestRequestBefore(Instant made) {
        return requests.stream()
                .filter(request -> !request.isNewerThan(made))
                .toList()
                .getLast()
                .joinId();
    }

    private void extendInterventions(Instant end) {
        interventions = end.isAfter(interventions) ? end : interventions;
    }

    /** At any time until the join is usually over; half of them early. */
    private void scheduleIntervention(Fault fault, Runnable action) {
        Duration when =
                world.chance.nextPercent(50) ? world.chance.nextMillis(0, 90_000) : world.chance.nextSeconds(0, 600);
        Instant at = world.timeline.now().plus(when);
        extendInterventions(at);
        world.timeline.scheduleAt(at, () -> {
            if (world.temporal.running().isPresent()) {
                world.trace.add("outside", fault + "");
                world.weather.fires(fault);
                action.run();
            }
        });
    }

    /** Handed to this very run, once or, as by a redelivery, twice. */
    private void supersede(int serial) {
        JoinRequest newer = request(serial);
        WorkflowRun run = world.temporal.running().orElseThrow();
        requests.add(newer);
        run.signal("superseded", newer);
        if (world.chance.nextPercent(30)) {
            world.timeline.scheduleAfter(world.chance.nextSeconds(0, 5), () -> run.signal("superseded", newer));
        }
        if (world.weather.has(Fault.ABORTED) && world.chance.nextPercent(50)) {
            Instant soon = world.timeline.now().plus(world.chance.nextMillis(0, 3_000));
            extendInterventions(soon);
            world.timeline.scheduleAt(soon, this::abort);
        }
    }

    private void scheduleReplicaFaults() {
        if (world.weather.has(Fault.REPLICAS_KILLED)) {
            for (int i = 0; i < 1 + world.chance.nextInt(4); i++) {
                world.timeline.scheduleAfter(world.chance.nextSeconds(1, 300), this::killReplica);
            }
        }
        if (world.weather.has(Fault.SERVICE_DOWN)) {
            world.timeline.scheduleAfter(world.chance.nextSeconds(1, 300), this::killAllReplicas);
        }
        if (world.weather.has(Fault.REPLICAS_PAUSED)) {
            for (int i = 0; i < 1 + world.chance.nextInt(4); i++) {
                world.timeline.scheduleAfter(world.chance.nextSeconds(1, 300), this::pauseReplica);
            }
        }
    }

    private void killAllReplicas() {
        world.weather.fires(Fault.SERVICE_DOWN);
        world.trace.add("outside", "every replica is killed");
        world.workers.replicas.stream().filter(Replica::isAlive).forEach(Replica::kill);
        world.temporal.running().ifPresent(WorkflowRun::loseWorker);
        Instant back = world.timeline.now().plus(world.chance.nextSeconds(60, 400));
        extendInterventions(back);
        world.timeline.scheduleAt(back, () -> world.workers.replicas.forEach(Replica::start));
    }

    private void killReplica() {
        Replica replica = world.chance.pick(world.workers.replicas);
        if (replica.isAlive()) {
            world.weather.fires(Fault.REPLICAS_KILLED);
            world.trace.add("outside", "replica " + replica.name + " is killed");
            replica.kill();
            world.temporal.running().ifPresent(WorkflowRun::loseWorker);
            world.timeline.scheduleAfter(world.chance.nextSeconds(1, 60), replica::start);
        }
    }

    private void pauseReplica() {
        Replica replica = world.chance.pick(world.workers.replicas);
        world.weather.fires(Fault.REPLICAS_PAUSED);
        Duration time = world.chance.nextSeconds(1, 90);
        world.trace.add("outside", "replica " + replica.name + " stops for " + time);
        replica.pauseUntil(world.timeline.now().plus(time));
    }

    private void scheduleHostFaults() {
        if (world.weather.has(Fault.NAME_TAKEN_MEANWHILE)) {
            world.timeline.scheduleAfter(world.chance.nextSeconds(1, 120), this::registerStranger);
        }
        if (world.weather.has(Fault.AGENT_RESTARTS)) {
            for (int i = 0; i < 1 + world.chance.nextInt(4); i++) {
                world.timeline.scheduleAfter(world.chance.nextSeconds(1, 200), this::restartAgent);
            }
        }
        if (world.weather.has(Fault.AGENT_LOST)) {
            boolean machine = world.chance.nextPercent(50);
            world.timeline.scheduleAfter(world.chance.nextSeconds(0, 150), () -> {
                world.weather.fires(Fault.AGENT_LOST);
                world.trace.add("outside", machine ? "the machine dies" : "the agent is gone for good");
                if (machine) {
                    world.host.powerOff();
                } else {
                    world.host.agent.end();
                }
            });
        }
    }

    private void registerStranger() {
        if (world.api.node == null) {
            world.weather.fires(Fault.NAME_TAKEN_MEANWHILE);
            SimulatedApiServer.Node node = new SimulatedApiServer.Node(
                    world.api.freshUid(), "key-of-a-stranger", "machine-9", world.api.time());
            node.reported = world.timeline.now();
            node.readySince = world.timeline.now();
            world.api.node = node;
        }
    }

    private void restartAgent() {
        if (world.host.agent.isAlive()) {
            world.weather.fires(Fault.AGENT_RESTARTS);
            world.trace.add("outside", "the agent is killed");
            world.host.agent.crash();
            world.timeline.scheduleAfter(world.chance.nextSeconds(1, 20), world.host.agent::start);
        }
    }
}
