package io.nodejoin.workflows.simulation;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.join.HostProfile;
import io.nodejoin.protocol.join.JoinRequested;
import io.nodejoin.workflows.certificate.ApprovalMode;
import io.nodejoin.workflows.join.AbortRequest;
import io.nodejoin.workflows.join.EnrollmentProof;
import io.nodejoin.workflows.join.JoinRequest;
import io.nodejoin.workflows.join.JoinTerms;
import io.nodejoin.workflows.join.NodeJoinWorkflow;
import io.nodejoin.workflows.node.JoinedNode;
import io.nodejoin.workflows.node.NameHold;
import io.nodejoin.workflows.node.NodeIdentity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Who asks for joins and calls them off, what was there before, and what strikes at any time. */
final class Outside {
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

    Outside(World world) {
        this.world = world;
        this.interventions = world.timeline.now();
    }

    void begin() {
        before();
        JoinRequest request = request(0);
        requests.add(request);
        world.temporal.start(NodeJoinWorkflow.id(World.NODE.cluster(), World.NODE.node()), request);
        world.host.agent.start();
        guesses();
        interventions();
        replicas();
        hosts();
    }

    /** When the last person has interfered. */
    Instant interventionsEnd() {
        return interventions;
    }

    private JoinRequest request(int serial) {
        Duration deadline = serial == 0 && world.weather.strikes(Fault.SHORT_DEADLINE)
                ? world.chance.seconds(1, 240)
                : Duration.ofMinutes(14);
        JoinRequested wanted = new JoinRequested(
                World.NODE.cluster(),
                World.NODE.node(),
                Host.SECRET_DIGEST,
                List.of("10.0.0.7"),
                Map.of("pool", "general"),
                List.of(),
                "fleet://w1",
                HostProfile.CONTAINERD,
                List.of(),
                null,
                world.weather.strikes(Fault.SERVING) ? true : null,
                world.weather.strikes(Fault.REJOIN) ? true : null,
                null);
        Instant now = world.timeline.now();
        return new JoinRequest(
                World.joinId("event-" + serial),
                now,
                wanted,
                now.plus(deadline),
                new JoinTerms(ApprovalMode.NODEJOIN, Duration.ofMinutes(10), List.of(), null));
    }

    private void before() {
        boolean joined = world.weather.strikes(Fault.ALREADY_JOINED);
        boolean own = joined || world.weather.has(Fault.REJOIN);
        if (own || world.weather.strikes(Fault.NAME_TAKEN)) {
            String machine = own ? Host.FACTS.machineId() : "machine-9";
            ApiServer.Node node = new ApiServer.Node(
                    "uid-before", "key-before", machine, world.api.time().minusSeconds(60));
            node.reported = world.timeline.now();
            node.readySince = world.timeline.now();
            world.api.node = node;
            if (own) {
                world.api.notes.put(
                        World.NODE.node().value(),
                        new JoinedNode(
                                new NodeIdentity(World.NODE, node.uid),
                                World.joinId("before"),
                                Host.SECRET_DIGEST,
                                Host.AGENT_KEY,
                                machine,
                                null,
                                null));
            }
        }
        if (world.weather.strikes(Fault.NAME_HELD)) {
            String machine = world.chance.percent(50) ? Host.FACTS.machineId() : "machine-9";
            world.api.holds.put(
                    World.NODE.node().value(),
                    new NameHold(
                            World.NODE,
                            World.joinId("before"),
                            machine,
                            world.api.time().plus(Duration.ofDays(1))));
        }
    }

    private void guesses() {
        if (world.weather.strikes(Fault.WRONG_SECRET)) {
            guess(new EnrollmentProof("aa".repeat(32), "the-key-of-a-guesser"));
        }
        if (world.weather.strikes(Fault.OTHER_KEY)) {
            world.timeline.after(
                    Duration.ofSeconds(60), () -> guess(new EnrollmentProof(Host.SECRET_DIGEST, "another-key")));
        }
    }

    private void guess(EnrollmentProof proof) {
        world.timeline.after(
                world.chance.seconds(0, 40),
                () -> world.temporal.update("enroll", proof, failure -> {
                    boolean late = world.temporal
                            .running()
                            .filter(run -> world.host.agent.isEnrolledWith(run.runId))
                            .isPresent();
                    enrolledByAnother |= failure == null;
                    if (failure == null && (late || !proof.secretDigest().equals(Host.SECRET_DIGEST))) {
                        world.broken("a wrong proof was accepted: " + proof.publicKey());
                    }
                }));
    }

    private void interventions() {
        if (world.weather.has(Fault.ABORTED)) {
            intervene(Fault.ABORTED, this::abort);
        }
        if (world.weather.has(Fault.CANCEL_READ_AGAIN)) {
            intervene(Fault.CANCEL_READ_AGAIN, this::cancelTwice);
        }
        if (world.weather.has(Fault.CANCELLED)) {
            intervene(Fault.CANCELLED, world.temporal::cancel);
        }
        if (world.weather.has(Fault.SUPERSEDED)) {
            int count = 1 + world.chance.below(2);
            for (int i = 1; i <= count; i++) {
                int serial = i;
                intervene(Fault.SUPERSEDED, () -> supersede(serial));
            }
        }
    }

    /** By an event, which is read again later. */
    private void cancelTwice() {
        Instant made = world.timeline.now();
        cancel(made);
        Instant again = made.plus(world.chance.seconds(1, 120));
        interfereUntil(again);
        world.timeline.at(again, () -> cancel(made));
    }

    /** Nobody hears whether that ends anything. */
    private void cancel(Instant made) {
        cancels.add(new Cancel(made, newest(made)));
        AbortRequest request = new AbortRequest("no longer needed", "an autoscaler", made);
        world.temporal.running().ifPresent(run -> run.signal("cancelled", request));
    }

    /** By a person, who means whatever is there when the answer comes. */
    private void abort() {
        Instant asked = world.timeline.now();
        JoinId newest = newest(asked);
        cancels.add(new Cancel(asked, newest));
        world.temporal.update("abort", new AbortRequest("no longer needed", "somebody", null), failure -> {
            if (failure == null) {
                cancels.add(new Cancel(world.timeline.now(), newest, true));
            }
        });
    }

    private JoinId newest(Instant made) {
        return requests.stream()
                .filter(request -> !request.isNewerThan(made))
                .toList()
                .getLast()
                .joinId();
    }

    private void interfereUntil(Instant end) {
        interventions = end.isAfter(interventions) ? end : interventions;
    }

    /** At any time until the join is usually over; half of them early. */
    private void intervene(Fault fault, Runnable action) {
        Duration when = world.chance.percent(50) ? world.chance.millis(0, 90_000) : world.chance.seconds(0, 600);
        Instant at = world.timeline.now().plus(when);
        interfereUntil(at);
        world.timeline.at(at, () -> {
            if (world.temporal.running().isPresent()) {
                world.trace.add("outside", fault + "");
                world.weather.strikes(fault);
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
        if (world.chance.percent(30)) {
            world.timeline.after(world.chance.seconds(0, 5), () -> run.signal("superseded", newer));
        }
        if (world.weather.has(Fault.ABORTED) && world.chance.percent(50)) {
            Instant soon = world.timeline.now().plus(world.chance.millis(0, 3_000));
            interfereUntil(soon);
            world.timeline.at(soon, this::abort);
        }
    }

    private void replicas() {
        if (world.weather.has(Fault.REPLICAS_KILLED)) {
            for (int i = 0; i < 1 + world.chance.below(4); i++) {
                world.timeline.after(world.chance.seconds(1, 300), this::killReplica);
            }
        }
        if (world.weather.has(Fault.SERVICE_AWAY)) {
            world.timeline.after(world.chance.seconds(1, 300), this::leaveAlone);
        }
        if (world.weather.has(Fault.REPLICAS_PAUSED)) {
            for (int i = 0; i < 1 + world.chance.below(4); i++) {
                world.timeline.after(world.chance.seconds(1, 300), this::pauseReplica);
            }
        }
    }

    private void leaveAlone() {
        world.weather.strikes(Fault.SERVICE_AWAY);
        world.trace.add("outside", "every replica is killed");
        world.workers.replicas.stream().filter(Replica::isAlive).forEach(Replica::kill);
        world.temporal.running().ifPresent(WorkflowRun::loseWorker);
        Instant back = world.timeline.now().plus(world.chance.seconds(60, 400));
        interfereUntil(back);
        world.timeline.at(back, () -> world.workers.replicas.forEach(Replica::start));
    }

    private void killReplica() {
        Replica replica = world.chance.oneOf(world.workers.replicas);
        if (replica.isAlive()) {
            world.weather.strikes(Fault.REPLICAS_KILLED);
            world.trace.add("outside", "replica " + replica.name + " is killed");
            replica.kill();
            world.temporal.running().ifPresent(WorkflowRun::loseWorker);
            world.timeline.after(world.chance.seconds(1, 60), replica::start);
        }
    }

    private void pauseReplica() {
        Replica replica = world.chance.oneOf(world.workers.replicas);
        world.weather.strikes(Fault.REPLICAS_PAUSED);
        Duration time = world.chance.seconds(1, 90);
        world.trace.add("outside", "replica " + replica.name + " stops for " + time);
        replica.pauseUntil(world.timeline.now().plus(time));
    }

    private void hosts() {
        if (world.weather.has(Fault.NAME_TAKEN_MEANWHILE)) {
            world.timeline.after(world.chance.seconds(1, 120), this::takeName);
        }
        if (world.weather.has(Fault.AGENT_RESTARTS)) {
            for (int i = 0; i < 1 + world.chance.below(4); i++) {
                world.timeline.after(world.chance.seconds(1, 200), this::restartAgent);
            }
        }
        if (world.weather.has(Fault.AGENT_GONE)) {
            boolean machine = world.chance.percent(50);
            world.timeline.after(world.chance.seconds(0, 150), () -> {
                world.weather.strikes(Fault.AGENT_GONE);
                world.trace.add("outside", machine ? "the machine dies" : "the agent is gone for good");
                if (machine) {
                    world.host.die();
                } else {
                    world.host.agent.end();
                }
            });
        }
    }

    private void takeName() {
        if (world.api.node == null) {
            world.weather.strikes(Fault.NAME_TAKEN_MEANWHILE);
            ApiServer.Node node =
                    new ApiServer.Node(world.api.freshUid(), "key-of-a-stranger", "machine-9", world.api.time());
            node.reported = world.timeline.now();
            node.readySince = world.timeline.now();
            world.api.node = node;
        }
    }

    private void restartAgent() {
        if (world.host.agent.isAlive()) {
            world.weather.strikes(Fault.AGENT_RESTARTS);
            world.trace.add("outside", "the agent is killed");
            world.host.agent.crash();
            world.timeline.after(world.chance.seconds(1, 20), world.host.agent::start);
        }
    }
}
