package io.nodejoin.activities;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.client.ActivityCompletionException;
import io.temporal.common.interceptors.ActivityExecutionContextBase;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An activity that Temporal hears of, by itself and by this process. Once it was silent for its whole heartbeat window, as measured here
 * on the monotonic clock, it stays silent: a process that was stopped and goes on later must not act for a join that has moved on.
 */
final class HeardActivity extends ActivityExecutionContextBase {
    private final LongSupplier nanoTime;
    private volatile long heard;
    private volatile @Nullable Object said;

    HeardActivity(ActivityExecutionContext context, LongSupplier nanoTime) {
        super(context);
        this.nanoTime = nanoTime;
        this.heard = nanoTime.getAsLong();
    }

    /** After a silence of this length Temporal takes the activity for dead; zero if it never does. */
    Duration window() {
        return getInfo().getHeartbeatTimeout();
    }

    /** Says the same as last time, unless it was silent for too long. */
    void beat() {
        if (isHeard()) {
            try {
                say(said);
            } catch (ActivityCompletionException _) {
                // Nobody waits for the activity any more; it hears of that when it says something itself.
            }
        }
    }

    @Override
    public <V> void heartbeat(V details) {
        if (!isHeard()) {
            throw Failures.of(
                    FailureType.UNAVAILABLE,
                    new Problem(
                            ErrorCode.JOIN_DEADLINE_EXCEEDED,
                            getInfo().getActivityType() + " was silent beyond its time and did not act"));
        }
        said = details;
        say(details);
    }

    /** Also where the answer is that the activity is to end: Temporal waits until it has. */
    private void say(@Nullable Object details) {
        heard = nanoTime.getAsLong();
        super.heartbeat(details);
    }

    private boolean isHeard() {
        Duration window = window();
        return !window.isPositive() || nanoTime.getAsLong() - heard <= window.toNanos();
    }
}
