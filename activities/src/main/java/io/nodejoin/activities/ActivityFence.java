package io.nodejoin.activities;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * The right of one running activity to act. It ends with the activity's time, measured here on the monotonic clock, with
 * its heartbeat window, see {@link HeartbeatInterceptor}, and with its cancellation: a process that was stopped and goes on later
 * must not act on behalf of a join that has moved on.
 */
public final class ActivityFence implements EffectGuard {
    private final ActivityExecutionContext context;
    private final LongSupplier nanoTime;
    private final long startedNanos;

    ActivityFence(ActivityExecutionContext context, LongSupplier nanoTime) {
        this.context = context;
        this.nanoTime = nanoTime;
        this.startedNanos = nanoTime.getAsLong();
    }

    /** The lease of the activity that this thread runs; taken as the activity's first act. */
    public static ActivityFence ofCurrentActivity() {
        return new ActivityFence(Activity.getExecutionContext(), System::nanoTime);
    }

    /** Counts the executions of this activity, from 1. */
    public int attempt() {
        return context.getInfo().getAttempt();
    }

    /**
     * Says that the wait goes on.
     *
     * @throws io.temporal.client.ActivityCompletionException if the activity is cancelled or no longer known
     */
    public void heartbeat(String waitingFor) {
        requireWithinTimeout();
        context.heartbeat(waitingFor);
    }

    /**
     * What is left until then, of a deadline that a workflow has set: by the clock that it was set by, which is Temporal's. This
     * process may have another time.
     */
    public Duration timeUntil(Instant deadline) {
        Instant started = Instant.ofEpochMilli(context.getInfo().getStartedTimestamp());
        return Duration.between(started, deadline).minusNanos(nanoTime.getAsLong() - startedNanos);
    }

    /** On whose behalf it runs. */
    public WorkflowRun workflowRun() {
        return new WorkflowRun(
                context.getInfo().getNamespace(),
                Objects.requireNonNullElse(context.getInfo().getWorkflowRunId(), ""));
    }

    /** The heartbeat may have waited for Temporal, so the time is looked at once more after it. */
    @Override
    public void beforeEffect(String effect) {
        heartbeat(effect);
        requireWithinTimeout();
    }

    /** As {@link #beforeEffect}, of an activity whose heartbeats have details of another kind. */
    public void requireNotCancelled() {
        requireWithinTimeout();
        context.heartbeat(null);
        requireWithinTimeout();
    }

    private void requireWithinTimeout() {
        Duration limit = context.getInfo().getStartToCloseTimeout();
        if (limit.isPositive() && nanoTime.getAsLong() - startedNanos > limit.toNanos()) {
            throw Failures.of(
                    FailureType.UNAVAILABLE,
                    new Problem(
                            ErrorCode.WORKER_INTERRUPTED,
                            context.getInfo().getActivityType() + " was held up beyond its time and did not act"));
        }
    }
}
