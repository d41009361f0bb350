package io.nodejoin.agent;

import io.nodejoin.agent.command.CommandExecutor;
import io.nodejoin.agent.gateway.GatewayClient;
import io.nodejoin.agent.gateway.GatewayResponse;
import io.nodejoin.agent.host.Backoff;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.host.Sleeper;
import io.nodejoin.agent.journal.Journal;
import io.nodejoin.agent.log.HostLogFollower;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.Redaction;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.CommandMilestone;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.ProgressReport;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The worker-agent of one host. Four threads run from {@link #start} to {@link #close}: one polls for commands, one
 * executes them one at a time, one delivers reports, one sends the host's log while somebody reads it.
 */
public final class Agent implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Agent.class.getName());

    /** Limits the request rate if the gateway does not hold the poll. */
    private static final Duration MIN_POLL_INTERVAL = Duration.ofMillis(50);
    /** Maximum delay between a result and the next command. */
    private static final Duration MAX_REDELIVERY_INTERVAL = Duration.ofSeconds(1);

    static final Duration MIN_BACKOFF = Duration.ofSeconds(1);
    private static final Duration MAX_BACKOFF = Duration.ofSeconds(30);
    private static final Duration IDLE_POLL_INTERVAL = Duration.ofSeconds(5);
    /**
     * An unreachable gateway fails faster: a longer poll was held by the gateway, or its failure was a sufficient
     * back-off.
     */
    private static final Duration PARKED_POLL_THRESHOLD = Duration.ofSeconds(3);

    private final Supplier<Optional<NodeName>> node;
    private final GatewayClient gateway;
    private final CommandExecutor commands;
    private final Journal journal;
    private final HostLogFollower hostLog;
    private final Clock clock;
    private final CompletionMarker completionMarker;
    private final Outbox outbox;
    private final LongSupplier nanoTime;
    private final Backoff backoff;
    private final Backoff redeliveryBackoff;
    private final Sleeper sleeper;
    private final BlockingQueue<Assignment> queue = new LinkedBlockingQueue<>();
    private final List<Assignment> interrupted = new ArrayList<>();
    private final ReentrantLock runningLock = new ReentrantLock();
    private final List<Thread> threads = new ArrayList<>();
    private final CountDownLatch terminated = new CountDownLatch(1);
    private volatile boolean closing;
    private volatile boolean failed;
    private @Nullable RunningCommand running;

    /** @param node the node that the machine is; empty while it waits in a pool */
    Agent(
            Supplier<Optional<NodeName>> node,
            GatewayClient gateway,
            CommandExecutor commands,
            Journal journal,
            HostLogFollower hostLog,
            Timing timing,
            CompletionMarker completionMarker) {
        this.node = node;
        this.gateway = gateway;
        this.commands = commands;
        this.journal = journal;
        this.hostLog = hostLog;
        this.clock = timing.clock();
        this.nanoTime = timing.nanoTime();
        this.backoff = new Backoff(timing.random(), MIN_BACKOFF, MAX_BACKOFF);
        this.redeliveryBackoff = new Backoff(timing.random(), MIN_POLL_INTERVAL, MAX_REDELIVERY_INTERVAL);
        this.sleeper = timing.pause();
        this.completionMarker = completionMarker;
        this.outbox = new Outbox(gateway, new Backoff(timing.random(), MIN_BACKOFF, MAX_BACKOFF), timing.wakeSignal());
    }

    /**
     * Starts the agent and returns; call it once. Resumes what a crash has interrupted: a reset immediately, any other
     * command once the gateway's time is known.
     */
    public void start() {
        for (Assignment unfinished : journal.unfinished()) {
            if (unfinished.command() instanceof HostCommand.ResetHost) {
                queue.add(unfinished);
            } else {
                interrupted.add(unfinished);
            }
        }
        threads.add(Thread.ofVirtual().name("outbox").start(() -> loopUntilClosed(outbox::deliver)));
        threads.add(Thread.ofVirtual().name("commands").start(() -> loopUntilClosed(this::runNextCommand)));
        threads.add(Thread.ofVirtual().name("host-log").start(() -> loopUntilClosed(hostLog::followOnce)));
        threads.add(Thread.ofVirtual().name("poll").start(() -> loopUntilClosed(this::poll)));
    }

    /**
     * Waits until the agent has ended: by {@link #close}, or by itself once its join has succeeded.
     *
     * @return false if it cannot continue and its process must be restarted
     */
    public boolean join() throws InterruptedException {
        terminated.await();
        return !failed;
    }

    /** Stops the agent: abandons a running command as after a crash, and a pending poll. Idempotent. */
    @Override
    public void close() {
        closing = true;
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        gateway.close();
        journal.close();
        terminated.countDown();
    }

    /** An agent that lost one of its loops would ignore commands, and systemd would not notice. */
    private void loopUntilClosed(LoopBody body) {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                runOnce(body);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Error e) {
            failPermanently(e);
        }
    }

    /** A new process may get the resource that failed, and continues from the journal. */
    private void failPermanently(Throwable cause) {
        failed = true;
        try {
            LOG.log(Level.ERROR, "the agent cannot continue and exits", cause);
        } finally {
            terminated.countDown();
        }
    }

    private void runOnce(LoopBody body) throws InterruptedException {
        try {
            body.run();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "unexpected failure; the agent continues", e);
            sleeper.sleep(backoff.nextDelay());
        }
    }

    private void poll() throws InterruptedException {
        long asked = nanoTime.getAsLong();
        GatewayResponse response = gateway.poll();
        switch (response) {
            case GatewayResponse.Assigned(Assignment assignment) -> {
                onGatewayReachable();
                unlessReportPending(assignment.id(), () -> receive(assignment));
                resumeUnfinished();
            }
            case GatewayResponse.Unreadable(String id, String detail) -> rejectUnreadable(id, detail);
            case GatewayResponse.Accepted _ -> {
                onGatewayReachable();
                resumeUnfinished();
            }
            case GatewayResponse.Joined _ -> {
                onGatewayReachable();
                finishOrWait();
            }
            case GatewayResponse.NoJoinYet _ -> {
                backoff.reset();
                resumeUnfinished();
                sleeper.sleep(MIN_POLL_INTERVAL);
            }
            case GatewayResponse.Rejected(ErrorCode code, String detail) -> {
                LOG.log(Level.ERROR, new Problem(code, Redaction.redact(detail)).toLine());
                sleeper.sleep(backoff.nextDelay());
            }
            case GatewayResponse.Unavailable(ErrorCode code, String detail) -> {
                LOG.log(Level.WARNING, new Problem(code, Redaction.redact(detail)).toLine());
                if (nanoTime.getAsLong() - asked > PARKED_POLL_THRESHOLD.toNanos()) {
                    backoff.reset();
                }
                sleeper.sleep(backoff.nextDelay());
            }
        }
    }

    private void onGatewayReachable() {
        backoff.reset();
        outbox.onGatewayReachable();
    }

    /** After its join the agent ends; a resident agent keeps polling for another join. */
    private void finishOrWait() throws InterruptedException {
        try {
            if (completionMarker.write()) {
                LOG.log(
                        Level.INFO,
                        "{0} has joined: the agent exits",
                        node.get().orElseThrow());
                terminated.countDown();
                Thread.currentThread().interrupt();
                return;
            }
        } catch (HostException e) {
            LOG.log(Level.ERROR, e.problem().toLine());
        }
        sleeper.sleep(IDLE_POLL_INTERVAL);
    }

    private void rejectUnreadable(String id, String detail) throws InterruptedException {
        LOG.log(Level.ERROR, "assignment {0} is not understood: {1}", id, detail);
        if (id.isEmpty()) {
            sleeper.sleep(backoff.nextDelay());
        } else {
            Problem unknown = new Problem(ErrorCode.COMMAND_UNKNOWN, "assignment " + id + ": " + detail);
            unlessReportPending(id, () -> outbox.add(id, failed(unknown)));
        }
    }

    /** Until the gateway has the result, it delivers the assignment again on every poll and does not hold the poll. */
    private void unlessReportPending(String assignment, Runnable answer) throws InterruptedException {
        if (outbox.hasPending(assignment)) {
            sleeper.sleep(redeliveryBackoff.nextDelay());
        } else {
            redeliveryBackoff.reset();
            answer.run();
        }
    }

    /**
     * Accepts an assignment, responds to it from the journal, or rejects it. One whose result is no longer recorded has
     * a sequence that was seen, and is rejected.
     */
    private void receive(Assignment assignment) {
        if (journal.isUnfinished(assignment.id())) {
            acknowledge(assignment);
        } else {
            journal.result(assignment.id())
                    .ifPresentOrElse(
                            recorded -> outbox.add(assignment.id(), recorded), () -> acceptOrReject(assignment));
        }
    }

    /** A command that cannot be journaled cannot be undone, so it is rejected. */
    private void acceptOrReject(Assignment assignment) {
        Optional<Problem> refusal = rejection(assignment);
        if (refusal.isPresent()) {
            reject(assignment, refusal.get());
            return;
        }
        try {
            accept(assignment);
        } catch (HostException e) {
            reject(assignment, e.problem());
        }
    }

    private void reject(Assignment assignment, Problem why) {
        LOG.log(Level.ERROR, why.toLine());
        outbox.add(assignment.id(), failed(why));
    }

    private void acknowledge(Assignment assignment) {
        outbox.add(
                assignment.id(),
                new ProgressReport(
                        CommandMilestone.StepCompleted, assignment.command().verb(), clock.instant()));
    }

    private Optional<Problem> rejection(Assignment assignment) {
        if (node.get().filter(assignment.node()::equals).isEmpty()) {
            return Optional.of(new Problem(
                    ErrorCode.AGENT_IDENTITY_MISMATCH,
                    "assignment " + assignment.id() + " is for " + assignment.node()));
        }
        Optional<Problem> expiry = expiry(assignment);
        if (expiry.isPresent()) {
            return expiry;
        }
        if (assignment.sequence() <= journal.highestSequence()) {
            return Optional.of(new Problem(
                    ErrorCode.COMMAND_STALE,
                    "assignment " + assignment.id() + " has sequence " + assignment.sequence() + ", but "
                            + journal.highestSequence() + " was seen"));
        }
        return Optional.empty();
    }

    private Optional<Problem> expiry(Assignment assignment) {
        return assignment.expiresAt().isBefore(clock.instant())
                ? Optional.of(new Problem(
                        ErrorCode.COMMAND_STALE,
                        "assignment " + assignment.id() + " expired at " + assignment.expiresAt()))
                : Optional.empty();
    }

    /**
     * Resumes what a crash has interrupted. Not after a reset, or for an expired command, which would only leave
     * residue.
     */
    private void resumeUnfinished() {
        for (Assignment assignment : interrupted) {
            Optional<Problem> end =
                    journal.isSuperseded(assignment) ? Optional.of(superseded(assignment)) : expiry(assignment);
            end.ifPresentOrElse(problem -> finish(assignment, failed(problem)), () -> queue.add(assignment));
        }
        interrupted.clear();
    }

    private void accept(Assignment assignment) {
        LOG.log(
                Level.INFO,
                "{0} accepted: assignment {1}, join {2}, attempt {3}",
                assignment.command().verb(),
                assignment.id(),
                assignment.joinId(),
                assignment.attempt());
        journal.recordAccepted(assignment);
        acknowledge(assignment);
        if (assignment.command() instanceof HostCommand.ResetHost) {
            interruptSuperseded();
        }
        queue.add(assignment);
    }

    /** Interrupts a start of the kubelet that a reset supersedes, so that the reset does not wait for it. */
    private void interruptSuperseded() {
        runningLock.lock();
        try {
            RunningCommand current = running;
            if (current != null && current.assignment().command() instanceof HostCommand.StartKubelet) {
                current.thread().interrupt();
            }
        } finally {
            runningLock.unlock();
        }
    }

    private void runNextCommand() throws InterruptedException {
        Assignment assignment = queue.take();
        CountDownLatch done = new CountDownLatch(1);
        Thread thread = Thread.ofVirtual().name(assignment.command().verb()).unstarted(() -> {
            try {
                execute(assignment);
            } catch (RuntimeException | Error e) {
                // The result is lost, and only another process can resume the command from the journal.
                failPermanently(e);
            } finally {
                done.countDown();
            }
        });
        setRunning(new RunningCommand(assignment, thread));
        thread.start();
        try {
            done.await();
        } catch (InterruptedException e) {
            thread.interrupt();
            throw e;
        } finally {
            setRunning(null);
        }
    }

    private void setRunning(@Nullable RunningCommand next) {
        runningLock.lock();
        try {
            running = next;
        } finally {
            runningLock.unlock();
        }
    }

    private void execute(Assignment assignment) {
        HostResult result;
        try {
            result = commands.execute(assignment, (milestone, step) -> report(assignment, milestone, step));
        } catch (InterruptedException e) {
            result = failed(superseded(assignment));
        } catch (RuntimeException | Error e) {
            // A defect must become a result: the workflow waits for one, and only the workflow can reset the host.
            LOG.log(Level.ERROR, "assignment " + assignment.id() + " failed unexpectedly", e);
            result = failed(new Problem(
                    ErrorCode.INTERNAL,
                    "unexpected failure of the agent: " + e.getClass().getSimpleName()));
        }
        finish(assignment, result);
    }

    private void report(Assignment assignment, CommandMilestone milestone, String step) {
        LOG.log(Level.INFO, "{0}: {1}: {2}", assignment.command().verb(), milestone, step);
        outbox.add(assignment.id(), new ProgressReport(milestone, step, clock.instant()));
    }

    /** The close of the agent may have caused the result, so the command is resumed after the next start. */
    private void finish(Assignment assignment, HostResult result) {
        if (closing) {
            LOG.log(Level.INFO, "assignment {0} is interrupted and continues after the next start", assignment.id());
            return;
        }
        LOG.log(Level.INFO, "{0} ended: {1}", assignment.command().verb(), summary(result));
        journal.recordFinished(assignment.id(), result);
        outbox.add(assignment.id(), result);
    }

    private static String summary(HostResult result) {
        return result instanceof HostResult.HostFailed failed
                ? failed.problem().toLine()
                : result.getClass().getSimpleName();
    }

    private static Problem superseded(Assignment assignment) {
        return new Problem(ErrorCode.COMMAND_STALE, "assignment " + assignment.id() + " was overtaken by ResetHost");
    }

    private static HostResult failed(Problem problem) {
        return new HostResult.HostFailed(problem, List.of(), List.of());
    }

    /**
     * Clock and waits of the agent.
     *
     * @param random adds jitter to waits
     * @param wakeSignal ends the back-off while the gateway is unavailable
     */
    record Timing(Clock clock, LongSupplier nanoTime, RandomGenerator random, Sleeper pause, WakeSignal wakeSignal) {}

    private interface LoopBody {
        void run() throws InterruptedException;
    }

    private record RunningCommand(Assignment assignment, Thread thread) {}
}
