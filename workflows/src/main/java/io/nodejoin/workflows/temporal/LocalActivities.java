package io.nodejoin.workflows.temporal;

import io.temporal.activity.ActivityOptions;
import io.temporal.activity.LocalActivityOptions;
import io.temporal.api.enums.v1.RetryState;
import io.temporal.common.RetryOptions;
import io.temporal.failure.ActivityFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.CompletablePromise;
import io.temporal.workflow.Functions;
import io.temporal.workflow.Workflow;

/**
 * Executes the activities of a run that take milliseconds within its workflow task, as local activities. One that does
 * not succeed there at once becomes a regular activity, which Temporal retries and shows as pending.
 */
public final class LocalActivities {
    private static final RetryOptions ONCE =
            RetryOptions.newBuilder().setMaximumAttempts(1).build();

    private int running;
    private int reports;

    /**
     * Runs the report asynchronously once no local activity runs and no step can go on without waiting. Not cancelled with the
     * calling scope. What is reported of a workflow task is so reported once, and after the commands of its steps.
     */
    public void reportAfterwards(Functions.Proc report) {
        runReport(() -> {
            awaitSteps();
            report.apply();
        });
    }

    /** Runs the report asynchronously at once. Not cancelled with the calling scope. */
    public void reportNow(Functions.Proc report) {
        runReport(report);
    }

    private void runReport(Functions.Proc report) {
        reports++;
        Workflow.newDetachedCancellationScope(() -> Async.procedure(() -> {
                    try {
                        report.apply();
                    } finally {
                        reports--;
                    }
                }))
                .run();
    }

    /**
     * Waits until no local activity and no report runs, and no step can go on without waiting. The SDK cannot replay a workflow task
     * that starts a timer before a local activity and cancels it after, so a timer that may be cancelled waits for this.
     */
    public void awaitIdle() {
        do {
            Workflow.await(() -> running == 0 && reports == 0);
            awaitOthers();
        } while (running > 0 || reports > 0);
    }

    private void awaitSteps() {
        do {
            Workflow.await(() -> running == 0);
            awaitOthers();
        } while (running > 0);
    }

    /** The thread that is started last runs last. */
    private static void awaitOthers() {
        Async.procedure(() -> {}).get();
    }

    /**
     * Executes one activity. A cancelled scope waits for the end of the local one, as it does for an activity with effects.
     *
     * @param options of the regular activity
     * @param method calls the activity; it may be called twice
     */
    public <A, R> R call(Class<A> type, ActivityOptions options, Functions.Func1<A, R> method) {
        try {
            return callLocally(type, options, method);
        } catch (ActivityFailure failure) {
            if (failure.getRetryState() == RetryState.RETRY_STATE_NON_RETRYABLE_FAILURE) {
                throw failure;
            }
            return method.apply(Workflow.newActivityStub(type, options));
        }
    }

    /** As {@link #call}, of an activity without a result. */
    public <A> void run(Class<A> type, ActivityOptions options, Functions.Proc1<A> method) {
        call(type, options, activity -> {
            method.apply(activity);
            return true;
        });
    }

    private <A, R> R callLocally(Class<A> type, ActivityOptions options, Functions.Func1<A, R> method) {
        A local = Workflow.newLocalActivityStub(
                type,
                LocalActivityOptions.newBuilder()
                        .setSummary(options.getSummary())
                        .setStartToCloseTimeout(StepOptions.LOCAL_ACTIVITY_TIMEOUT)
                        .setRetryOptions(ONCE)
                        .build());
        CompletablePromise<R> result = Workflow.newPromise();
        running++;
        try {
            Workflow.newDetachedCancellationScope(() -> result.complete(method.apply(local)))
                    .run();
        } finally {
            running--;
        }
        return result.get();
    }
}
