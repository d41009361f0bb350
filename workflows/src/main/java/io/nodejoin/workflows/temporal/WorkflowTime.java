package io.nodejoin.workflows.temporal;

import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.CompletablePromise;
import io.temporal.workflow.Promise;
import io.temporal.workflow.TimerOptions;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

/** The time of a workflow: when its current task began, and the same again in a replay. */
public final class WorkflowTime {
    private WorkflowTime() {}

    public static Instant now() {
        return Instant.ofEpochMilli(Workflow.currentTimeMillis());
    }

    /** Waits for the condition behind a timer that says in the history what is waited for. Whether it came true in time. */
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
     * The same for what a host tells. The end of the limit begins only when a worker lives that can hear it, so that the time in which
     * nobody lived is not the host's.
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
