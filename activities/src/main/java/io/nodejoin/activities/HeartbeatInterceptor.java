package io.nodejoin.activities;

import io.temporal.activity.ActivityExecutionContext;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Has Temporal hear of every running activity that has a heartbeat timeout for as long as this process lives. So the death of a process
 * is noticed by its silence, and its activities are handed to another one long before their own time is over.
 */
public final class HeartbeatInterceptor extends WorkerInterceptorBase implements AutoCloseable {
    /** One of them may be late by two thirds of the window. */
    private static final int HEARTBEATS_PER_TIMEOUT = 3;
    /** The first beat of an activity waits for Temporal's answer. */
    private static final int THREADS = 16;

    private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(
            THREADS, Thread.ofPlatform().daemon().name("heartbeats-", 0).factory());

    @Override
    public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
        return new ActivityInboundCallsInterceptorBase(next) {
            private @Nullable HeartbeatingActivity activity;

            @Override
            public void init(ActivityExecutionContext context) {
                activity = new HeartbeatingActivity(context, System::nanoTime);
                super.init(activity);
            }

            @Override
            public ActivityOutput execute(ActivityInput input) {
                HeartbeatingActivity heartbeating =
                        Objects.requireNonNull(activity, "an activity is initialised before it runs");
                long pause = heartbeating.heartbeatTimeout().toNanos() / HEARTBEATS_PER_TIMEOUT;
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

    /** Activities that still run are heard of no more. */
    @Override
    public void close() {
        scheduler.shutdownNow();
    }
}
