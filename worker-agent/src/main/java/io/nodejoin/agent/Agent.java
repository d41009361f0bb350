package io.nodejoin.agent;

import io.nodejoin.agent.command.Commands;
import io.nodejoin.agent.gateway.Gateway;
import io.nodejoin.agent.gateway.GatewayAnswer;
import io.nodejoin.agent.host.Backoff;
import io.nodejoin.agent.host.HostFailure;
import io.nodejoin.agent.host.Pause;
import io.nodejoin.agent.host.Redactor;
import io.nodejoin.agent.journal.Journal;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostMark;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.Progress;
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
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The worker-agent of one host. It runs on threads of its own from {@link #start} to {@link #close}: one asks for
 * commands, one does them, one at a time, and one delivers what they say.
 */
public final class Agent implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Agent.class.getName());

    /** Keeps the agent polite where the gateway does not park the question. */
    private static final Duration BETWEEN_QUESTIONS = Duration.ofMillis(50);
    /** No longer than that after its answer is a host without the next command. */
    private static final Duration BETWEEN_REPEATS = Duration.ofSeconds(1);

    static final Duration FIRST_WAIT = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);
    private static final Duration AFTER_JOIN = Duration.ofSeconds(5);
    /** No gateway takes so long to say that it is not there: it had the question, or asking has been a wait of its own. */
    private static final Duration HEARD = Duration.ofSeconds(3);

    private final NodeName node;
    private final Gateway gateway;
    private final Commands commands;
    private final Journal journal;
    private final Clock clock;
    private final Farewell farewell;
    private final Outbox outbox;
    private final LongSupplier nanoTime;
    private final Backoff backoff;
    private final Backoff repeats;
    private final Pause pause;
    private final BlockingQueue<Assignment> waiting = new LinkedBlockingQueue<>();
    private final List<Assignment> cutShort = new ArrayList<>();
    private final ReentrantLock turn = new ReentrantLock();
    private final List<Thread> threads = new ArrayList<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean closing;
    private volatile boolean broken;
    private @Nullable Running running;

    Agent(NodeName node, Gateway gateway, Commands commands, Journal journal, Times times, Farewell farewell) {
        this.node = node;
        this.gateway = gateway;
        this.commands = commands;
        this.journal = journal;
        this.clock = times.clock();
        this.nanoTime = times.nanoTime();
        this.backoff = new Backoff(times.random(), FIRST_WAIT, LONGEST_WAIT);
        this.repeats = new Backoff(times.random(), BETWEEN_QUESTIONS, BETWEEN_REPEATS);
        this.pause = times.pause();
        this.farewell = farewell;
        this.outbox = new Outbox(gateway, new Backoff(times.random(), FIRST_WAIT, LONGEST_WAIT), times.bell());
    }

    /**
     * Starts the agent and returns; to be called once. What a crash has interrupted is taken up again: a reset at once, any
     * other command when the gateway has told the time.
     */
    public void start() {
        for (Assignment unfinished : journal.unfinished()) {
            if (unfinished.command() instanceof HostCommand.ResetHost) {
                waiting.add(unfinished);
            } else {
                cutShort.add(unfinished);
            }
        }
        threads.add(Thread.ofVirtual().name("outbox").start(() -> untilClosed(outbox::deliver)));
        threads.add(Thread.ofVirtual().name("commands").start(() -> untilClosed(this::work)));
        threads.add(Thread.ofVirtual().name("poll").start(() -> untilClosed(this::poll)));
    }

    /**
     * Waits until the agent has ended: by {@link #close}, or by itself once its join has succeeded.
     *
     * @return false if it cannot go on, and is to be started again
     */
    public boolean join() throws InterruptedException {
        ended.await();
        return !broken;
    }

    /** Ends the agent: a command under way is given up as by a crash, and so is a parked poll. A second call does nothing. */
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
        ended.countDown();
    }

    /** An agent that lives without one of its loops would be deaf, and systemd would see nothing amiss. */
    private void untilClosed(Loop loop) {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                turn(loop);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Error e) {
            endAsBroken(e);
        }
    }

    /** Whatever the machine refuses, another process may get, and the journal goes on there. */
    private void endAsBroken(Throwable cause) {
        broken = true;
        try {
            LOG.log(Level.ERROR, "the agent cannot go on and ends", cause);
        } finally {
            ended.countDown();
        }
    }

    private void turn(Loop loop) throws InterruptedException {
        try {
            loop.turn();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "the agent met a defect and goes on", e);
            pause.await(backoff.next());
        }
    }

    private void poll() throws InterruptedException {
        long asked = nanoTime.getAsLong();
        GatewayAnswer answer = gateway.next();
        switch (answer) {
            case GatewayAnswer.Assigned(Assignment assignment) -> {
                gatewayIsThere();
                unlessOwed(assignment.id(), () -> receive(assignment));
                takeUp();
            }
            case GatewayAnswer.NotUnderstood(String id, String detail) -> refuseUnknown(id, detail);
            case GatewayAnswer.Accepted _ -> {
                gatewayIsThere();
                takeUp();
            }
            case GatewayAnswer.Joined _ -> {
                gatewayIsThere();
                rest();
            }
            case GatewayAnswer.NotYet _ -> {
                backoff.reset();
                takeUp();
                pause.await(BETWEEN_QUESTIONS);
            }
            case GatewayAnswer.Refused(ErrorCode code, String detail) -> {
                LOG.log(Level.ERROR, new Problem(code, Redactor.redact(detail)).text());
                pause.await(backoff.next());
            }
            case GatewayAnswer.Unavailable(ErrorCode code, String detail) -> {
                LOG.log(Level.WARNING, new Problem(code, Redactor.redact(detail)).text());
                if (nanoTime.getAsLong() - asked > HEARD.toNanos()) {
                    backoff.reset();
                }
                pause.await(backoff.next());
            }
        }
    }

    private void gatewayIsThere() {
        backoff.reset();
        outbox.gatewayIsThere();
    }

    /** After its join an agent ends, or goes on asking now and then for another one. */
    private void rest() throws InterruptedException {
        try {
            if (farewell.say()) {
                LOG.log(Level.INFO, "{0} has joined: the agent ends", node);
                ended.countDown();
                Thread.currentThread().interrupt();
                return;
            }
        } catch (HostFailure e) {
            LOG.log(Level.ERROR, e.problem().text());
        }
        pause.await(AFTER_JOIN);
    }

    private void refuseUnknown(String id, String detail) throws InterruptedException {
        LOG.log(Level.ERROR, "assignment {0} is not understood: {1}", id, detail);
        if (id.isEmpty()) {
            pause.await(backoff.next());
        } else {
            Problem unknown = new Problem(ErrorCode.COMMAND_UNKNOWN, "assignment " + id + ": " + detail);
            unlessOwed(id, () -> outbox.add(id, failed(unknown)));
        }
    }

    /** Until it has its answer the gateway gives an assignment out again and again, and does not park the question. */
    private void unlessOwed(String assignment, Runnable answer) throws InterruptedException {
        if (outbox.owes(assignment)) {
            pause.await(repeats.next());
        } else {
            repeats.reset();
            answer.run();
        }
    }

    /**
     * Takes an assignment on, answers it from the journal, or refuses it. One whose result is recorded no more has a sequence
     * that was seen, and is refused.
     */
    private void receive(Assignment assignment) {
        if (journal.isUnfinished(assignment.id())) {
            acknowledge(assignment);
        } else {
            journal.result(assignment.id())
                    .ifPresentOrElse(
                            recorded -> outbox.add(assignment.id(), recorded), () -> takeOnOrRefuse(assignment));
        }
    }

    /** What cannot be journalled cannot be taken back, so it is not begun. */
    private void takeOnOrRefuse(Assignment assignment) {
        Optional<Problem> refusal = refusal(assignment);
        if (refusal.isPresent()) {
            refuse(assignment, refusal.get());
            return;
        }
        try {
            takeOn(assignment);
        } catch (HostFailure e) {
            refuse(assignment, e.problem());
        }
    }

    private void refuse(Assignment assignment, Problem why) {
        LOG.log(Level.ERROR, why.text());
        outbox.add(assignment.id(), failed(why));
    }

    private void acknowledge(Assignment assignment) {
        outbox.add(
                assignment.id(),
                new Progress(HostMark.StepDone, assignment.command().verb(), clock.instant()));
    }

    private Optional<Problem> refusal(Assignment assignment) {
        if (!assignment.node().equals(node)) {
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

    /** Goes on with what a crash has interrupted. On a host that is reset, or for nobody, it would only leave traces. */
    private void takeUp() {
        for (Assignment assignment : cutShort) {
            Optional<Problem> end =
                    journal.isOvertaken(assignment) ? Optional.of(overtaken(assignment)) : expiry(assignment);
            end.ifPresentOrElse(problem -> finish(assignment, failed(problem)), () -> waiting.add(assignment));
        }
        cutShort.clear();
    }

    private void takeOn(Assignment assignment) {
        LOG.log(
                Level.INFO,
                "{0} taken on: assignment {1}, join {2}, attempt {3}",
                assignment.command().verb(),
                assignment.id(),
                assignment.joinId(),
                assignment.attempt());
        journal.accepted(assignment);
        acknowledge(assignment);
        if (assignment.command() instanceof HostCommand.ResetHost) {
            overtake();
        }
        waiting.add(assignment);
    }

    /** A reset does not wait for a start whose time is over: it ends it. */
    private void overtake() {
        turn.lock();
        try {
            Running current = running;
            if (current != null && current.assignment().command() instanceof HostCommand.StartKubelet) {
                current.thread().interrupt();
            }
        } finally {
            turn.unlock();
        }
    }

    private void work() throws InterruptedException {
        Assignment assignment = waiting.take();
        CountDownLatch done = new CountDownLatch(1);
        Thread thread = Thread.ofVirtual().name(assignment.command().verb()).unstarted(() -> {
            try {
                run(assignment);
            } catch (RuntimeException | Error e) {
                // Nobody is told that the command has ended, and only another process takes it up.
                endAsBroken(e);
            } finally {
                done.countDown();
            }
        });
        setRunning(new Running(assignment, thread));
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

    private void setRunning(@Nullable Running next) {
        turn.lock();
        try {
            running = next;
        } finally {
            turn.unlock();
        }
    }

    private void run(Assignment assignment) {
        HostResult result;
        try {
            result = commands.run(assignment, (mark, step) -> report(assignment, mark, step));
        } catch (InterruptedException e) {
            result = failed(overtaken(assignment));
        } catch (RuntimeException | Error e) {
            // A defect must end as a result: the workflow waits for one, and only it can have the host reset.
            LOG.log(Level.ERROR, "assignment " + assignment.id() + " met a defect", e);
            result = failed(new Problem(
                    ErrorCode.INTERNAL,
                    "the agent met a defect: " + e.getClass().getSimpleName()));
        }
        finish(assignment, result);
    }

    private void report(Assignment assignment, HostMark mark, String step) {
        LOG.log(Level.INFO, "{0}: {1}: {2}", assignment.command().verb(), mark, step);
        outbox.add(assignment.id(), new Progress(mark, step, clock.instant()));
    }

    /** Whatever ends once the agent is being closed may end by that, so it goes on after the next start. */
    private void finish(Assignment assignment, HostResult result) {
        if (closing) {
            LOG.log(Level.INFO, "assignment {0} is interrupted and goes on after the next start", assignment.id());
            return;
        }
        LOG.log(Level.INFO, "{0} ended: {1}", assignment.command().verb(), summary(result));
        journal.finished(assignment.id(), result);
        outbox.add(assignment.id(), result);
    }

    private static String summary(HostResult result) {
        return result instanceof HostResult.HostFailed failed
                ? failed.problem().text()
                : result.getClass().getSimpleName();
    }

    private static Problem overtaken(Assignment assignment) {
        return new Problem(ErrorCode.COMMAND_STALE, "assignment " + assignment.id() + " was overtaken by ResetHost");
    }

    private static HostResult failed(Problem problem) {
        return new HostResult.HostFailed(problem, List.of(), List.of());
    }

    /**
     * How the agent tells the time and lets it pass.
     *
     * @param random spreads what it waits
     * @param bell ends the wait for a gateway that is away
     */
    record Times(Clock clock, LongSupplier nanoTime, RandomGenerator random, Pause pause, Bell bell) {}

    private interface Loop {
        void turn() throws InterruptedException;
    }

    private record Running(Assignment assignment, Thread thread) {}
}
