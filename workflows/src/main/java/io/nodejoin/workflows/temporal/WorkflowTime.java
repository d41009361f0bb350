package io.nodejoin.workflows.temporal;

import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.CompletablePromise;
import io.temporal.workflow.Promise;
import io.temporal.workflow.TimerOptions;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

/** Workflow time: the start of the current workflow task, the same in a replay. */
public final class WorkflowTime {
    private WorkflowTime() {}

    public static Instant now() {
        return Instant.ofEpochMilli(Workflow.currentTimeMillis());
    }

    /**
     * Waits for the condition, with a timer whose summary in the history says what is waited for. Returns whether the
     * condition became true in time.
     */
    public static boolean await(String summary, Duration limit, Supplier<Boolean> condition) {
        if (condition.get()) {
            return true;
        }
        CompletablePromise<Boolean> end = Workflow.newPromise();
        CancellationScope waiting = Workflow.newCancellationScope(
                () -> end.completeFrom(timer(summary, limit).handle((_, _) -> true)));
        waiting.run();
        Workflow.await(() -> condition.get() || end.isCompleted());
        waiting.cancel();
        return condition.get();
    }

    /**
     * As {@link #await}, for reports of a host: the last part of the limit starts only once a worker runs, so that an
     * outage of the service does not count against the host.
     */
    public static boolean awaitWithCatchUp(String summary, Duration limit, Supplier<Boolean> condition) {
        return await(summary, limit.minus(StepOptions.CATCH_UP_TIME), condition)
                || await(summary + ", once more", StepOptions.CATCH_UP_TIME, condition);
    }

    public static Promise<Void> timer(String summary, Duration limit) {
        return Workflow.newTimer(
                limit, TimerOptions.newBuilder().setSummary(summary).build());
    }
}
