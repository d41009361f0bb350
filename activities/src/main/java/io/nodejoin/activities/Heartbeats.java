package io.nodejoin.activities;

import io.temporal.activity.ActivityExecutionContext;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Says that an activity's process lives for as long as the activity runs, whatever it waits for. So the heartbeat timeout is
 * how soon a death is noticed, and need not be as long as the longest call.
 */
public final class Heartbeats extends WorkerInterceptorBase {
    private static final int IN_A_WINDOW = 3;

    private final LongSupplier nanoTime;

    public Heartbeats() {
        this(System::nanoTime);
    }

    Heartbeats(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    @Override
    public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
        return new ActivityInboundCallsInterceptorBase(next) {
            private @Nullable HeldActivity held;

            @Override
            public void init(ActivityExecutionContext context) {
                HeldActivity activity = new HeldActivity(context, nanoTime);
                held = activity;
                super.init(activity);
            }

            @Override
            public ActivityOutput execute(ActivityInput input) {
                HeldActivity activity = Objects.requireNonNull(held, "an activity is initialised before it runs");
                Duration timeout = activity.getInfo().getHeartbeatTimeout();
                if (!timeout.isPositive()) {
                    return super.execute(input);
                }
                CountDownLatch ended = new CountDownLatch(1);
                Thread.ofVirtual().name("heartbeat").start(() -> beat(activity, timeout.dividedBy(IN_A_WINDOW), ended));
                try {
                    return super.execute(input);
                } finally {
                    ended.countDown();
                }
            }
        };
    }

    private static void beat(HeldActivity activity, Duration pause, CountDownLatch ended) {
        try {
            while (!ended.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
                activity.beat();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
