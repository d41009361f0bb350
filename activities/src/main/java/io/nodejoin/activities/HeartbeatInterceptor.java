package io.nodejoin.activities;

import io.temporal.activity.ActivityExecutionContext;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends heartbeats for every running activity that has a heartbeat timeout, so that Temporal reschedules the activities
 * of a dead process long before their start-to-close timeout.
 */
public final class HeartbeatInterceptor extends WorkerInterceptorBase implements AutoCloseable {
    /** Tolerates a heartbeat that is late by two thirds of the timeout. */
    private static final int HEARTBEATS_PER_TIMEOUT = 3;

    private final ScheduledExecutorService scheduler;
    private final LongSupplier nanoTime;

    /**
     * @param scheduler has threads for heartbeats that block; stopped by {@link #close}
     * @param nanoTime a monotonic clock, as {@link System#nanoTime()}
     */
    public HeartbeatInterceptor(ScheduledExecutorService scheduler, LongSupplier nanoTime) {
        this.scheduler = scheduler;
        this.nanoTime = nanoTime;
    }

    /** Returns the interval of the heartbeats of an activity with this heartbeat timeout; zero if it has none. */
    static Duration interval(Duration heartbeatTimeout) {
        return heartbeatTimeout.dividedBy(HEARTBEATS_PER_TIMEOUT);
    }

    @Override
    public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
        return new ActivityInboundCallsInterceptorBase(next) {
            private @Nullable HeartbeatingActivity activity;

            @Override
            public void init(ActivityExecutionContext context) {
                activity = new HeartbeatingActivity(context, nanoTime);
                super.init(activity);
            }

            @Override
            public ActivityOutput execute(ActivityInput input) {
                HeartbeatingActivity heartbeating =
                        Objects.requireNonNull(activity, "an activity is initialised before it runs");
                long pause = interval(heartbeating.heartbeatTimeout()).toNanos();
                if (pause == 0) {
                    return super.execute(input);
                }
                Future<?> repetition = scheduler.scheduleWithFixedDelay(
                        heartbeating::repeatHeartbeat, pause, pause, TimeUnit.NANOSECONDS);
                try {
                    return super.execute(input);
                } finally {
                    repetition.cancel(false);
                }
            }
        };
    }

    /** Stops the heartbeats of activities that still run. */
    @Override
    public void close() {
        scheduler.shutdownNow();
    }
}
