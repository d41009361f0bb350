package io.nodejoin.workflows.simulation;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.temporal.failure.TemporalFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One try of an activity in the process that runs it. It may go on when nobody waits for it any more. */
final class ActivityExecution {
    /** As the service's workers have it. */
    private static final Duration LONGEST_THROTTLE = Duration.ofSeconds(2);

    final ActivityTask task;
    final int attempt;
    final Replica replica;

    private final Timeline timeline;
    private final Instant begun;
    private Instant pulsed;
    private @Nullable Instant beat;
    private boolean beatIsDue;
    private boolean cancelled;
    private boolean gone;
    private @Nullable Fiber fiber;

    /** Nobody waits for this execution any more, or it is asked to end. */
    static final class Ended extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Ended() {
            super(null, null, false, false);
        }
    }

    /** What an activity does. */
    interface Code {
        @Nullable Object run(ActivityExecution execution);
    }

    ActivityExecution(ActivityTask task, int attempt, Replica replica) {
        this.task = task;
        this.attempt = attempt;
        this.replica = replica;
        this.timeline = task.run.temporal.timeline;
        this.begun = timeline.now();
        this.pulsed = begun;
    }

    void start(Code code) {
        Fiber started = Fiber.start(timeline, own -> {
            fiber = own;
            run(code);
        });
        replica.runs(started);
        beatLater(started);
    }

    /** The process says that it lives, for as long as the activity runs and was not silent for too long. */
    private void beatLater(Fiber running) {
        Duration window = task.heartbeatTimeout();
        if (window.isPositive()) {
            timeline.after(window.dividedBy(3), () -> {
                if (running.ended() || passed(pulsed, timeline.now(), window)) {
                    return;
                }
                if (replica.answers(timeline.now())) {
                    beat();
                    pulsed = timeline.now();
                }
                beatLater(running);
            });
        }
    }

    String who() {
        return task.type() + "#" + task.id + "." + attempt;
    }

    /** Lets time pass; a process that is stopped meanwhile goes on when it is let go on. */
    void sleep(Duration time) {
        fiber().sleep(time);
        while (!replica.answers(timeline.now())) {
            fiber().sleep(Duration.between(timeline.now(), replica.pausedUntil()));
        }
    }

    /** Says that the wait goes on. */
    void pulse() {
        expectAlive();
        heartbeat();
        pulsed = timeline.now();
    }

    void beforeEffect() {
        pulse();
    }

    /** What the SDK makes of it: the first one goes out at once, the next ones not more often than the window allows. */
    void heartbeat() {
        if (gone || cancelled) {
            throw new Ended();
        }
        Duration throttle = throttle();
        if (beat == null || !timeline.now().isBefore(beat.plus(throttle))) {
            beat();
            if (gone || cancelled) {
                throw new Ended();
            }
        } else if (!beatIsDue) {
            beatIsDue = true;
            timeline.at(beat.plus(throttle), () -> {
                beatIsDue = false;
                if (fiber != null && !fiber.ended() && replica.answers(timeline.now())) {
                    beat();
                }
            });
        }
    }

    /** Whether the replica lives and this try is the one that counts; only for looks from outside. */
    boolean isCurrent() {
        return task.isCurrent(attempt);
    }

    Fiber fiber() {
        return Objects.requireNonNull(fiber);
    }

    private Duration throttle() {
        Duration most = task.heartbeatTimeout().multipliedBy(8).dividedBy(10);
        return most.isPositive() && most.compareTo(LONGEST_THROTTLE) < 0 ? most : LONGEST_THROTTLE;
    }

    private void beat() {
        beat = timeline.now();
        if (task.run.temporal.weather.losesHeartbeat()) {
            return;
        }
        gone = !task.isCurrent(attempt);
        cancelled = task.heartbeat(attempt);
    }

    private void expectAlive() {
        Instant now = timeline.now();
        if (passed(begun, now, task.startToClose()) || passed(pulsed, now, task.heartbeatTimeout())) {
            throw Failures.of(
                    FailureType.UNAVAILABLE,
                    new Problem(ErrorCode.JOIN_DEADLINE_EXCEEDED, task.type() + " was held up and did not act"));
        }
    }

    private static boolean passed(Instant from, Instant now, Duration limit) {
        return limit.isPositive() && Duration.between(from, now).compareTo(limit) > 0;
    }

    private void run(Code code) {
        SimulatedTemporal temporal = task.run.temporal;
        Runnable report;
        try {
            Object result = code.run(this);
            report = () -> task.complete(
                    attempt, WorkflowCode.CONVERTER.toPayloads(result).orElse(null));
            temporal.trace.add("activity", who() + " -> " + (result == null ? "done" : result));
        } catch (Ended ended) {
            temporal.trace.add("activity", who() + " ends: " + (cancelled ? "cancelled" : "unwanted"));
            report = () -> task.confirmCancel(attempt);
        } catch (TemporalFailure failure) {
            failure.setStackTrace(new StackTraceElement[0]);
            temporal.trace.add("activity", who() + " fails: " + failure.getMessage());
            report = () -> task.fail(attempt, WorkflowCode.CONVERTER.exceptionToFailure(failure));
        }
        fiber().sleep(temporal.chance.millis(1, 8));
        if (temporal.weather.losesReport()) {
            temporal.trace.add("activity", who() + ": its report is lost");
        } else {
            report.run();
        }
    }
}
