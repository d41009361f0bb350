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
public final class Heartbeats extends WorkerInterceptorBase implements AutoCloseable {
    /** One of them may be late by two thirds of the window. */
    private static final int BEATS_A_WINDOW = 3;
    /** The first beat of an activity waits for Temporal's answer. */
    private static final int THREADS = 16;

    private final ScheduledExecutorService beats = Executors.newScheduledThreadPool(
            THREADS, Thread.ofPlatform().daemon().name("heartbeats-", 0).factory());

    @Override
    public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
        return new ActivityInboundCallsInterceptorBase(next) {
            private @Nullable HeardActivity activity;

            @Override
            public void init(ActivityExecutionContext context) {
                activity = new HeardActivity(context, System::nanoTime);
                super.init(activity);
            }

            @Override
            public ActivityOutput execute(ActivityInput input) {
                HeardActivity heard = Objects.requireNonNull(activity, "an activity is initialised before it runs");
                long pause = heard.window().toNanos() / BEATS_A_WINDOW;
                if (pause == 0) {
                    return super.execute(input);
                }
                Future<?> beating = beats.scheduleWithFixedDelay(heard::beat, pause, pause, TimeUnit.NANOSECONDS);
                try {
                    return super.execute(input);
                } finally {
                    beating.cancel(false);
                }
            }
        };
    }

    /** Activities that still run are heard of no more. */
    @Override
    public void close() {
        beats.shutdownNow();
    }
}
