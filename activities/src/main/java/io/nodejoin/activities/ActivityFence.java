package io.nodejoin.activities;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Fences one running activity: no effect after its start-to-close timeout (monotonic clock of this process), after its
 * heartbeat timeout, see {@link HeartbeatInterceptor}, or after its cancellation. A process that was suspended must not
 * act for a join that has moved on.
 */
public final class ActivityFence implements EffectGuard {
    private final ActivityExecutionContext context;
    private final LongSupplier nanoTime;
    private final long startedNanos;
    private long heartbeatNanos;

    ActivityFence(ActivityExecutionContext context, LongSupplier nanoTime) {
        this.context = context;
        this.nanoTime = nanoTime;
        this.startedNanos = nanoTime.getAsLong();
        this.heartbeatNanos = startedNanos;
    }

    /** Returns the fence of the activity that runs in this thread. Call it first. */
    public static ActivityFence ofCurrentActivity() {
        return new ActivityFence(Activity.getExecutionContext(), System::nanoTime);
    }

    /** Returns the number of this attempt, from 1. */
    public int attempt() {
        return context.getInfo().getAttempt();
    }

    /**
     * Sends a heartbeat with what the activity waits for, if one is due: each is a write of Temporal's, and most waits end before
     * the first.
     *
     * @throws io.temporal.client.ActivityCompletionException if the activity is cancelled or no longer known
     */
    public void heartbeatIfDue(String waitingFor) {
        requireWithinTimeout();
        Duration interval = HeartbeatInterceptor.interval(context.getInfo().getHeartbeatTimeout());
        if (nanoTime.getAsLong() - heartbeatNanos >= interval.toNanos()) {
            heartbeat(waitingFor);
        }
    }

    private void heartbeat(@Nullable String details) {
        heartbeatNanos = nanoTime.getAsLong();
        context.heartbeat(details);
    }

    /**
     * Returns the time left until a deadline that a workflow set, by Temporal's clock; the clock of this process may
     * differ.
     */
    public Duration timeUntil(Instant deadline) {
        Instant started = Instant.ofEpochMilli(context.getInfo().getStartedTimestamp());
        return Duration.between(started, deadline).minusNanos(nanoTime.getAsLong() - startedNanos);
    }

    /** Returns the workflow run that the activity belongs to. */
    public WorkflowRun workflowRun() {
        return new WorkflowRun(
                context.getInfo().getNamespace(),
                Objects.requireNonNullElse(context.getInfo().getWorkflowRunId(), ""));
    }

    /** Sends a heartbeat, since its answer tells of a cancellation, and checks the timeout again: it may have blocked. */
    @Override
    public void beforeEffect(String effect) {
        requireWithinTimeout();
        heartbeat(effect);
        requireWithinTimeout();
    }

    /** As {@link #beforeEffect}, for an activity whose heartbeats carry other details. */
    public void requireNotCancelled() {
        requireWithinTimeout();
        heartbeat(null);
        requireWithinTimeout();
    }

    /** Creates the failure of an activity whose thread is interrupted. */
    public static ApplicationFailure shuttingDown() {
        return Failures.of(
                FailureType.UNAVAILABLE,
                new Problem(
                        ErrorCode.WORKER_INTERRUPTED,
                        "this worker is shutting down; the activity is retried by another worker"));
    }

    private void requireWithinTimeout() {
        Duration limit = context.getInfo().getStartToCloseTimeout();
        if (limit.isPositive() && nanoTime.getAsLong() - startedNanos > limit.toNanos()) {
            throw Failures.of(
                    FailureType.UNAVAILABLE,
                    new Problem(
                            ErrorCode.WORKER_INTERRUPTED,
                            context.getInfo().getActivityType()
                                    + " stalled beyond its start-to-close timeout; it had no effect"));
        }
    }
}
