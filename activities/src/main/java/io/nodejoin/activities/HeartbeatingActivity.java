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
 * An activity whose heartbeats this process sends for it. Once none was sent for the whole heartbeat timeout (monotonic
 * clock), none is sent any more, so that a resumed process cannot act for a join that has moved on.
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

    /** Returns the heartbeat timeout; zero if the activity has none. */
    Duration heartbeatTimeout() {
        return getInfo().getHeartbeatTimeout();
    }

    /** Repeats the last heartbeat, unless the timeout has passed. */
    void repeatHeartbeat() {
        if (isWithinHeartbeatTimeout()) {
            try {
                sendHeartbeat(lastDetails);
            } catch (ActivityCompletionException _) {
                // The activity was cancelled or is unknown; its own next heartbeat throws.
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
                            getInfo().getActivityType() + " stalled beyond its heartbeat timeout; it had no effect"));
        }
        lastDetails = details;
        sendHeartbeat(details);
    }

    /** Also counts a response that cancels the activity: Temporal waits until the activity has ended. */
    private void sendHeartbeat(@Nullable Object details) {
        lastHeartbeatNanos = nanoTime.getAsLong();
        super.heartbeat(details);
    }

    private boolean isWithinHeartbeatTimeout() {
        Duration timeout = heartbeatTimeout();
        return !timeout.isPositive() || nanoTime.getAsLong() - lastHeartbeatNanos <= timeout.toNanos();
    }
}
