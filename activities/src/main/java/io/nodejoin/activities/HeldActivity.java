package io.nodejoin.activities;

import io.temporal.activity.ActivityExecutionContext;
import io.temporal.client.ActivityCompletionException;
import io.temporal.common.interceptors.ActivityExecutionContextBase;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running activity whose signs of life are its own, and those of its process beside it. */
final class HeldActivity extends ActivityExecutionContextBase {
    private static final Logger LOG = LoggerFactory.getLogger(HeldActivity.class);

    private final HeartbeatWindow window;
    private volatile @Nullable Object latest;

    HeldActivity(ActivityExecutionContext context, LongSupplier nanoTime) {
        super(context);
        this.window = new HeartbeatWindow(context.getInfo().getHeartbeatTimeout(), nanoTime);
    }

    HeartbeatWindow window() {
        return window;
    }

    @Override
    public <V> void heartbeat(V details) {
        latest = details;
        super.heartbeat(details);
    }

    /** Says what the activity has said last. A process that was stopped for longer than the window says nothing. */
    void beat() {
        if (window.renew()) {
            try {
                super.heartbeat(latest);
            } catch (ActivityCompletionException e) { // it hears the same at its own next heartbeat
                LOG.debug("an activity is not wanted any more: {}", e.toString());
            }
        }
    }
}
