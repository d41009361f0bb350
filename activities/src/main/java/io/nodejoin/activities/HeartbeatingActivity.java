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
final class HeartbeatingActivity extends ActivityExecutionContextBase {
    private final LongSupplier nanoTime;
    private volatile long lastHeartbeatNanos;
    private volatile @Nullable Object lastDetails;

    HeartbeatingActivity(ActivityExecutionContext context, LongSupplier nanoTime) {
        super(context);
        this.nanoTime = nanoTime;
        this.lastHeartbeatNanos = nanoTime.getAsLong();
    }

    /** After a silence of this length Temporal takes the activity for dead; zero if it never does. */
    Duration heartbeatTimeout() {
        return getInfo().getHeartbeatTimeout();
    }

    /** Says the same as last time, unless it was silent for too long. */
    void repeatHeartbeat() {
        if (isWithinHeartbeatTimeout()) {
            try {
                sendHeartbeat(lastDetails);
            } catch (ActivityCompletionException _) {
                // Nobody waits for the activity any more; it hears of that when it says something itself.
            }
        }
    }

    @Override
    public <V> void heartbeat(V details) {
        if (!isWithinHeartbeatTimeout()) {
            throw Failures.of(
                    FailureType.UNAVAILABLE,
                    new Problem(
                            ErrorCode.WORKER_INTERRUPTED,
                            getInfo().getActivityType() + " was silent beyond its time and did not act"));
        }
        lastDetails = details;
        sendHeartbeat(details);
    }

    /** Also where the answer is that the activity is to end: Temporal waits until it has. */
    private void sendHeartbeat(@Nullable Object details) {
        lastHeartbeatNanos = nanoTime.getAsLong();
        super.heartbeat(details);
    }

    private boolean isWithinHeartbeatTimeout() {
        Duration timeout = heartbeatTimeout();
        return !timeout.isPositive() || nanoTime.getAsLong() - lastHeartbeatNanos <= timeout.toNanos();
    }
}
