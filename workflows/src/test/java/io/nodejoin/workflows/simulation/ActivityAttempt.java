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

/** One attempt of an activity in the process that runs it. It may continue after Temporal has timed it out. */
final class ActivityAttempt {
    /** The same as of the service's workers. */
    private static final Duration LONGEST_THROTTLE = Duration.ofSeconds(2);

    final ActivityInvocation task;
    final int attempt;
    final Replica replica;

    private final VirtualTime timeline;
    private final Instant startedAt;
    private Instant lastHeartbeatAt;
    private @Nullable Instant beat;
    private boolean beatIsDue;
    private boolean cancelled;
    private boolean gone;
    private @Nullable Fiber fiber;

    /** This execution is timed out or cancelled. */
    static final class Ended extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Ended() {
            super(null, null, false, false);
        }
    }

    /** The code of an activity. */
    interface Code {
        @Nullable Object run(ActivityAttempt execution);
    }

    ActivityAttempt(ActivityInvocation task, int attempt, Replica replica) {
        this.task = task;
        this.attempt = attempt;
        this.replica = replica;
        this.timeline = task.temporal().timeline;
        this.startedAt = timeline.now();
        this.lastHeartbeatAt = startedAt;
    }

    void start(Code code) {
        Fiber started = Fiber.start(timeline, own -> {
            fiber = own;
            run(code);
        });
        replica.track(started);
        scheduleHeartbeats(started);
    }

    /** Heartbeats while the activity runs and has not been silent for too long. */
    private void scheduleHeartbeats(Fiber running) {
        Duration window = task.heartbeatTimeout();
        if (window.isPositive()) {
            timeline.scheduleAfter(window.dividedBy(3), () -> {
                if (running.ended() || hasElapsed(lastHeartbeatAt, timeline.now(), window)) {
                    return;
                }
                if (replica.isResponsive(timeline.now())) {
                    sendHeartbeat();
                    lastHeartbeatAt = timeline.now();
                }
                scheduleHeartbeats(running);
            });
        }
    }

    String actor() {
        return task.type() + "#" + task.id() + "." + attempt;
    }

    /** Sleeps; a paused process continues when it is resumed. */
    void sleep(Duration time) {
        fiber().sleep(time);
        while (!replica.isResponsive(timeline.now())) {
            fiber().sleep(Duration.between(timeline.now(), replica.pausedUntil()));
        }
    }

    /** Sends a heartbeat. */
    void reportWaiting() {
        requireCurrent();
        heartbeat();
        lastHeartbeatAt = timeline.now();
    }

    void beforeEffect() {
        reportWaiting();
    }

    /** Throttles heartbeats as the SDK does: the first one is sent immediately, the next ones at most once per window. */
    void heartbeat() {
        if (gone || cancelled) {
            throw new Ended();
        }
        Duration throttle = throttle();
        if (beat == null || !timeline.now().isBefore(beat.plus(throttle))) {
            sendHeartbeat();
            if (gone || cancelled) {
                throw new Ended();
            }
        } else if (!beatIsDue) {
            beatIsDue = true;
            timeline.scheduleAt(beat.plus(throttle), () -> {
                beatIsDue = false;
                if (fiber != null && !fiber.ended() && replica.isResponsive(timeline.now())) {
                    sendHeartbeat();
                }
            });
        }
    }

    /** Returns whether the replica runs and this attempt is the current one; for checks only. */
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

    private void sendHeartbeat() {
        beat = timeline.now();
        if (task.temporal().losses.dropsHeartbeat()) {
            return;
        }
        gone = !task.isCurrent(attempt);
        cancelled = task.heartbeat(attempt);
    }

    private void requireCurrent() {
        Instant now = timeline.now();
        if (hasElapsed(startedAt, now, task.startToClose())
                || hasElapsed(lastHeartbeatAt, now, task.heartbeatTimeout())) {
            throw Failures.of(
                    FailureType.UNAVAILABLE,
                    new Problem(ErrorCode.WORKER_INTERRUPTED, task.type() + " was delayed and did not act"));
        }
    }

    private static boolean hasElapsed(Instant from, Instant now, Duration limit) {
        return limit.isPositive() && Duration.between(from, now).compareTo(limit) > 0;
    }

    private void run(Code code) {
        SimulatedTemporal temporal = task.temporal();
        Runnable report;
        try {
            Object result = code.run(this);
            report = () -> task.complete(
                    attempt, WorkflowExecutor.CONVERTER.toPayloads(result).orElse(null));
            temporal.trace.add("activity", actor() + " -> " + (result == null ? "done" : result));
        } catch (Ended ended) {
            temporal.trace.add("activity", actor() + " ends: " + (cancelled ? "cancelled" : "unwanted"));
            report = () -> task.confirmCancel(attempt);
        } catch (TemporalFailure failure) {
            failure.setStackTrace(new StackTraceElement[0]);
            temporal.trace.add("activity", actor() + " fails: " + failure.getMessage());
            report = () -> task.fail(attempt, WorkflowExecutor.CONVERTER.exceptionToFailure(failure));
        }
        fiber().sleep(temporal.random.nextMillis(1, 8));
        if (task.losesReport()) {
            temporal.trace.add("activity", actor() + ": its report is lost");
        } else {
            report.run();
        }
    }
}
