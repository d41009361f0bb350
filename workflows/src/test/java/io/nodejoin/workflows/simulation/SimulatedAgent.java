package io.nodejoin.workflows.simulation;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.CommandMilestone;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.workflows.hostcommand.AgentConnection;
import io.nodejoin.workflows.hostcommand.MilestoneReport;
import io.nodejoin.workflows.lifecycle.EnrollmentProof;
import io.nodejoin.workflows.temporal.TaskQueues;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The worker-agent: enrolls, connects to one replica, executes one command after the other and records the results. */
final class SimulatedAgent {
    private final World world;
    private final HostCommands commands;

    /** Whether it names its process with an enrollment, so that the replica that answers holds its connection. */
    private final boolean connectsByEnrollment;

    /** Results on disk. */
    private final Map<String, HostResult> results = new LinkedHashMap<>();

    private final Map<String, Assignment> unfinished = new LinkedHashMap<>();
    private long highestSequence;

    /** Results that a replica has received. */
    private final Map<String, HostResult> delivered = new HashMap<>();

    private final Map<String, Instant> heard = new HashMap<>();
    private final Map<String, ActivityAttempt> listeners = new HashMap<>();

    private final List<Fiber> fibers = new ArrayList<>();
    private final Deque<Runnable> outbox = new ArrayDeque<>();
    private final Deque<Assignment> waiting = new ArrayDeque<>();
    private long process;
    private boolean alive;
    private boolean ended;
    private String enrolledWith = "";
    private @Nullable Replica replica;
    private @Nullable Fiber work;
    private @Nullable Assignment running;

    SimulatedAgent(World world, SimulatedHost host) {
        this.world = world;
        this.commands = new HostCommands(world, host);
        this.connectsByEnrollment = world.random.nextPercent(50);
    }

    void start() {
        if (!ended) {
            alive = true;
            process++;
            waiting.addAll(unfinished.values());
            fibers.add(Fiber.start(world.timeline, this::keepConnected));
            fibers.add(Fiber.start(world.timeline, this::deliver));
            runNext();
        }
    }

    /** Kills the process; the disk stays. */
    void crash() {
        alive = false;
        replica = null;
        running = null;
        work = null;
        waiting.clear();
        outbox.clear();
        List.copyOf(fibers).forEach(Fiber::kill);
        fibers.clear();
    }

    void end() {
        crash();
        ended = true;
    }

    boolean isAlive() {
        return alive;
    }

    boolean isEnrolledWith(String run) {
        return enrolledWith.equals(run);
    }

    /** The number of the process. */
    long process() {
        return process;
    }

    boolean isAt(Replica one) {
        return alive && replica == one;
    }

    Instant lastHeardAt(Replica one) {
        return heard.getOrDefault(one.name, Instant.EPOCH);
    }

    void setListener(String assignmentId, ActivityAttempt execution) {
        listeners.put(assignmentId, execution);
    }

    Optional<HostResult> resultAt(Replica one, String assignmentId) {
        return Optional.ofNullable(delivered.get(one.name + "/" + assignmentId));
    }

    void assign(Assignment assignment) {
        long to = process;
        world.timeline.scheduleAfter(world.random.nextMillis(5, 100), () -> {
            if (alive && process == to) {
                receive(assignment);
            }
        });
    }

    void report(Assignment assignment, CommandMilestone mark) {
        world.trace.add("agent", assignment.command().verb() + ": " + mark);
        outbox.add(() -> world.temporal.signal(
                "milestoneReached", new MilestoneReport(assignment.id(), mark, world.timeline.now())));
    }

    private void receive(Assignment assignment) {
        HostResult recorded = results.get(assignment.id());
        if (recorded != null) {
            recordResult(assignment.id(), recorded);
        } else if (unfinished.containsKey(assignment.id())) {
            return;
        } else if (assignment.expiresAt().isBefore(world.timeline.now()) || assignment.sequence() <= highestSequence) {
            recordResult(assignment.id(), HostCommands.failed(ErrorCode.COMMAND_STALE, "expired, or out of sequence"));
        } else {
            world.trace.add("agent", assignment.command().verb() + " accepted");
            highestSequence = assignment.sequence();
            unfinished.put(assignment.id(), assignment);
            waiting.add(assignment);
            cancelStart(assignment);
            runNext();
        }
    }

    /** A reset ends an expired start. */
    private void cancelStart(Assignment assignment) {
        if (assignment.command() instanceof HostCommand.ResetHost
                && running != null
                && running.command() instanceof HostCommand.StartKubelet
                && work != null) {
            work.kill();
            finish(running, HostCommands.failed(ErrorCode.COMMAND_STALE, "overtaken by ResetHost"));
        }
    }

    private void runNext() {
        Assignment assignment = running == null ? waiting.poll() : null;
        if (assignment != null) {
            running = assignment;
            Fiber fiber = Fiber.start(
                    world.timeline,
                    own -> finish(assignment, commands.run(own, assignment, mark -> report(assignment, mark))));
            work = fiber;
            fibers.add(fiber);
        }
    }

    private void finish(Assignment assignment, HostResult result) {
        world.trace.add("agent", assignment.command().verb() + " ends: " + result);
        results.put(assignment.id(), result);
        unfinished.remove(assignment.id());
        recordResult(assignment.id(), result);
        running = null;
        work = null;
        runNext();
    }

    private void recordResult(String id, HostResult result) {
        outbox.add(() -> {
            Replica to = Objects.requireNonNull(replica);
            delivered.put(to.name + "/" + id, result);
            ActivityAttempt listener = listeners.get(id);
            if (listener != null && listener.replica == to) {
                listener.fiber().wake();
            }
        });
    }

    private void deliver(Fiber own) {
        while (true) {
            own.sleep(world.random.nextMillis(2, 60));
            Replica to = replica;
            if (to != null && to.isResponsive(world.timeline.now()) && !outbox.isEmpty()) {
                heard.put(to.name, world.timeline.now());
                outbox.remove().run();
            } else {
                own.sleep(Duration.ofMillis(400));
            }
        }
    }

    private void keepConnected(Fiber own) {
        own.sleep(
                process == 1 && world.faults.fires(Fault.AGENT_LATE)
                        ? world.random.nextSeconds(60, 400)
                        : world.random.nextSeconds(1, 20));
        while (true) {
            String run = world.temporal.running().map(found -> found.runId).orElse("");
            if (!run.isEmpty() && !run.equals(enrolledWith)) {
                enroll(own, run);
            }
            boolean moves = world.faults.has(Fault.AGENT_RECONNECTS)
                    && world.random.nextPercent(5)
                    && world.faults.fires(Fault.AGENT_RECONNECTS);
            if (!run.isEmpty() && (replica == null || !replica.isResponsive(world.timeline.now()) || moves)) {
                connect(own);
            }
            if (replica != null) {
                heard.put(replica.name, world.timeline.now());
            }
            own.sleep(world.random.nextSeconds(2, 6));
        }
    }

    private void enroll(Fiber own, String run) {
        boolean[] done = new boolean[2];
        @Nullable Replica connected = null;
        while (!done[1] && world.temporal.running().isPresent()) {
            done[0] = false;
            Replica asked = connectsByEnrollment ? chooseReplica().orElse(null) : null;
            AgentConnection connection = asked == null ? null : connection(asked);
            world.temporal.update(
                    "enroll",
                    new EnrollmentProof(
                            SimulatedHost.SECRET_DIGEST,
                            SimulatedHost.AGENT_KEY,
                            commands.prepareEarly(highestSequence).orElse(null),
                            connection,
                            null),
                    answer -> {
                        done[0] = true;
                        done[1] = !answer.hasFailure();
                    });
            own.await(world.timeline.now().plusSeconds(20), Duration.ofMillis(300), () -> done[0]);
            if (asked != null && !isHeldBy(asked, connection)) {
                done[1] = false;
            }
            if (done[1]) {
                connected = asked;
            } else {
                own.sleep(Duration.ofSeconds(2));
            }
        }
        enrolledWith = run;
        replica = connected;
        if (connected != null) {
            world.trace.add("agent", "has enrolled with its connection to " + connected.name);
        }
    }

    /** Returns whether the replica that was asked still runs, so that its response arrives. */
    private boolean isHeldBy(Replica asked, @Nullable AgentConnection connection) {
        return asked.isResponsive(world.timeline.now()) && connection(asked).equals(connection);
    }

    private Optional<Replica> chooseReplica() {
        List<Replica> answering = world.workers.replicas.stream()
                .filter(one -> one.isResponsive(world.timeline.now()))
                .toList();
        return answering.isEmpty() ? Optional.empty() : Optional.of(world.random.pick(answering));
    }

    private AgentConnection connection(Replica to) {
        return new AgentConnection(TaskQueues.gateway(to.name), new UUID(0, process), to.process());
    }

    private void connect(Fiber own) {
        replica = null;
        own.sleep(world.random.nextMillis(100, 5_000));
        chooseReplica().ifPresent(chosen -> {
            replica = chosen;
            world.trace.add("agent", "connects to " + chosen.name);
            world.temporal.signal("agentConnected", connection(chosen));
        });
    }
}
