package io.nodejoin.workflows.simulation;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.agent.TlsBootstrap;
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
import io.nodejoin.workflows.node.NodeObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Who requests and cancels joins, what exists before, and which faults occur at any time. */
final class Environment {
    private final World world;
    /** The admitted requests, in order. */
    final List<JoinRequest> requests = new ArrayList<>();

    /** The cancels. */
    final List<Cancel> cancels = new ArrayList<>();

    /** Whether another actor presented the machine's secret before its agent did. */
    boolean enrolledByAnother;

    /** Who requests the kubelets' certificates. */
    final TlsBootstrap tlsBootstrap;

    /** Who creates the Nodes. */
    final NodeObject nodeObject;

    private Instant interventions;

    /**
     * A cancel of all requests until then.
     *
     * @param newest the newest of these requests
     * @param agreed whether the product accepted the cancel
     */
    record Cancel(Instant madeAt, JoinId newest, boolean agreed) {
        Cancel(Instant madeAt, JoinId newest) {
            this(madeAt, newest, false);
        }
    }

    Environment(World world) {
        this.world = world;
        this.tlsBootstrap = world.random.nextPercent(50) ? TlsBootstrap.AGENT : TlsBootstrap.KUBELET;
        this.nodeObject = world.random.nextPercent(70) ? NodeObject.NODEJOIN : NodeObject.KUBELET;
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

    /** Returns the time of the last intervention. */
    Instant interventionsEnd() {
        return interventions;
    }

    private JoinRequest request(int serial) {
        Duration deadline = serial == 0 && world.faults.fires(Fault.SHORT_DEADLINE)
                ? world.random.nextSeconds(1, 240)
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
                world.faults.fires(Fault.SERVING) ? true : null,
                world.faults.fires(Fault.REJOIN) ? true : null,
                null,
                null,
                null);
        Instant now = world.timeline.now();
        return new JoinRequest(
                World.joinId("event-" + serial),
                now,
                wanted,
                now.plus(deadline),
                new JoinPolicy(
                        ApprovalMode.NODEJOIN, tlsBootstrap, nodeObject, Duration.ofMinutes(10), List.of(), null, null),
                null);
    }

    private void createInitialState() {
        boolean joined = world.faults.fires(Fault.ALREADY_JOINED);
        boolean own = joined || world.faults.has(Fault.REJOIN);
        if (own || world.faults.fires(Fault.NAME_TAKEN)) {
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
        if (world.faults.fires(Fault.NAME_QUARANTINED)) {
            String machine = world.random.nextPercent(50) ? SimulatedHost.FACTS.machineId() : "machine-9";
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
        if (world.faults.fires(Fault.WRONG_SECRET)) {
            scheduleGuess(new EnrollmentProof("aa".repeat(32), "the-key-of-a-guesser", null, null, null));
        }
        if (world.faults.fires(Fault.SECOND_KEY)) {
            world.timeline.scheduleAfter(
                    Duration.ofSeconds(60),
                    () -> scheduleGuess(
                            new EnrollmentProof(SimulatedHost.SECRET_DIGEST, "another-key", null, null, null)));
        }
    }

    private void scheduleGuess(EnrollmentProof proof) {
        world.timeline.scheduleAfter(
                world.random.nextSeconds(0, 40),
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
        if (world.faults.has(Fault.ABORTED)) {
            scheduleIntervention(Fault.ABORTED, this::abort);
        }
        if (world.faults.has(Fault.CANCEL_REDELIVERED)) {
            scheduleIntervention(Fault.CANCEL_REDELIVERED, this::cancelAndRedeliver);
        }
        if (world.faults.has(Fault.WORKFLOW_CANCELLED)) {
            scheduleIntervention(Fault.WORKFLOW_CANCELLED, world.temporal::cancel);
        }
        if (world.faults.has(Fault.SUPERSEDED)) {
            int count = 1 + world.random.nextInt(2);
            for (int i = 1; i <= count; i++) {
                int serial = i;
                scheduleIntervention(Fault.SUPERSEDED, () -> supersede(serial));
            }
        }
    }

    /** Cancels by an event, which is redelivered later. */
    private void cancelAndRedeliver() {
        Instant made = world.timeline.now();
        cancel(made);
        Instant again = made.plus(world.random.nextSeconds(1, 120));
        extendInterventions(again);
        world.timeline.scheduleAt(again, () -> cancel(made));
    }

    /** Cancels by a signal, which has no response. */
    private void cancel(Instant made) {
        cancels.add(new Cancel(made, newestRequestBefore(made)));
        AbortRequest request = new AbortRequest("no longer needed", "an autoscaler", made, null);
        world.temporal.running().ifPresent(run -> run.signal("cancelRequested", request));
    }

    /** Cancels as a person, which applies to any request until the response. */
    private void abort() {
        Instant asked = world.timeline.now();
        JoinId newest = newestRequestBefore(asked);
        cancels.add(new Cancel(asked, newest));
        world.temporal.update("abort", new AbortRequest("no longer needed", "somebody", null, null), answer -> {
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

    /** Schedules an intervention at a random time of a usual join; half of them early. */
    private void scheduleIntervention(Fault fault, Runnable action) {
        Duration when =
                world.random.nextPercent(50) ? world.random.nextMillis(0, 90_000) : world.random.nextSeconds(0, 600);
        Instant at = world.timeline.now().plus(when);
        extendInterventions(at);
        world.timeline.scheduleAt(at, () -> {
            if (world.temporal.running().isPresent()) {
                world.trace.add("outside", fault + "");
                world.faults.fires(fault);
                action.run();
            }
        });
    }

    /** Sends the request to this run once or, as a redelivery, twice. */
    private void supersede(int serial) {
        JoinRequest newer = request(serial);
        WorkflowRun run = world.temporal.running().orElseThrow();
        requests.add(newer);
        run.signal("superseded", newer);
        if (world.random.nextPercent(30)) {
            world.timeline.scheduleAfter(world.random.nextSeconds(0, 5), () -> run.signal("superseded", newer));
        }
        if (world.faults.has(Fault.ABORTED) && world.random.nextPercent(50)) {
            Instant soon = world.timeline.now().plus(world.random.nextMillis(0, 3_000));
            extendInterventions(soon);
            world.timeline.scheduleAt(soon, this::abort);
        }
    }

    private void scheduleReplicaFaults() {
        if (world.faults.has(Fault.REPLICAS_KILLED)) {
            for (int i = 0; i < 1 + world.random.nextInt(4); i++) {
                world.timeline.scheduleAfter(world.random.nextSeconds(1, 300), this::killReplica);
            }
        }
        if (world.faults.has(Fault.SERVICE_DOWN)) {
            world.timeline.scheduleAfter(world.random.nextSeconds(1, 300), this::killAllReplicas);
        }
        if (world.faults.has(Fault.REPLICAS_PAUSED)) {
            for (int i = 0; i < 1 + world.random.nextInt(4); i++) {
                world.timeline.scheduleAfter(world.random.nextSeconds(1, 300), this::pauseReplica);
            }
        }
    }

    private void killAllReplicas() {
        world.faults.fires(Fault.SERVICE_DOWN);
        world.trace.add("outside", "every replica is killed");
        world.workers.replicas.stream().filter(Replica::isAlive).forEach(Replica::kill);
        world.temporal.running().ifPresent(WorkflowRun::loseWorker);
        Instant back = world.timeline.now().plus(world.random.nextSeconds(60, 400));
        extendInterventions(back);
        world.timeline.scheduleAt(back, () -> world.workers.replicas.forEach(Replica::start));
    }

    private void killReplica() {
        Replica replica = world.random.pick(world.workers.replicas);
        if (replica.isAlive()) {
            world.faults.fires(Fault.REPLICAS_KILLED);
            world.trace.add("outside", "replica " + replica.name + " is killed");
            replica.kill();
            world.temporal.running().ifPresent(WorkflowRun::loseWorker);
            world.timeline.scheduleAfter(world.random.nextSeconds(1, 60), replica::start);
        }
    }

    private void pauseReplica() {
        Replica replica = world.random.pick(world.workers.replicas);
        world.faults.fires(Fault.REPLICAS_PAUSED);
        Duration time = world.random.nextSeconds(1, 90);
        world.trace.add("outside", "replica " + replica.name + " stops for " + time);
        replica.pauseUntil(world.timeline.now().plus(time));
    }

    private void scheduleHostFaults() {
        if (world.faults.has(Fault.NAME_TAKEN_MEANWHILE)) {
            world.timeline.scheduleAfter(world.random.nextSeconds(1, 120), this::registerStranger);
        }
        if (world.faults.has(Fault.AGENT_RESTARTS)) {
            for (int i = 0; i < 1 + world.random.nextInt(4); i++) {
                world.timeline.scheduleAfter(world.random.nextSeconds(1, 200), this::restartAgent);
            }
        }
        if (world.faults.has(Fault.AGENT_LOST)) {
            boolean machine = world.random.nextPercent(50);
            world.timeline.scheduleAfter(world.random.nextSeconds(0, 150), () -> {
                world.faults.fires(Fault.AGENT_LOST);
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
            world.faults.fires(Fault.NAME_TAKEN_MEANWHILE);
            SimulatedApiServer.Node node = new SimulatedApiServer.Node(
                    world.api.freshUid(), "key-of-a-stranger", "machine-9", world.api.time());
            node.reported = world.timeline.now();
            node.readySince = world.timeline.now();
            world.api.node = node;
        }
    }

    private void restartAgent() {
        if (world.host.agent.isAlive()) {
            world.faults.fires(Fault.AGENT_RESTARTS);
            world.trace.add("outside", "the agent is killed");
            world.host.agent.crash();
            world.timeline.scheduleAfter(world.random.nextSeconds(1, 20), world.host.agent::start);
        }
    }
}
