package io.nodejoin.workflows.failure;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationErrorCategory;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.TimeoutFailure;
import io.temporal.workflow.CancellationScope;

/** Failures that end the steps of a join from any depth, with their problem. */
public final class JoinFailures {
    /** The problem of a join that Temporal cancelled. */
    public static final Problem WORKFLOW_CANCELLED =
            new Problem(ErrorCode.CANCELLED_BY_REQUEST, "the workflow was cancelled");

    private JoinFailures() {}

    public static ApplicationFailure of(Problem problem) {
        return Failures.of(FailureType.FAILED_PRECONDITION, problem);
    }

    public static ApplicationFailure of(ErrorCode code, String detail) {
        return of(new Problem(code, detail));
    }

    /**
     * Creates the failure that closes a workflow, with the problem's code as type. It is expected, so it counts as no error
     * of the worker, and has no stack trace: people read it in Temporal's UI.
     */
    public static ApplicationFailure closing(Problem problem) {
        ApplicationFailure failure = ApplicationFailure.newBuilder()
                .setType(problem.code().name())
                .setMessage(problem.detail())
                .setNonRetryable(true)
                .setCategory(ApplicationErrorCategory.BENIGN)
                .build();
        failure.setStackTrace(new StackTraceElement[0]);
        return failure;
    }

    /** Returns the problem of a failed step. A cancelled step without another cause was cancelled from outside. */
    public static Problem problemOf(RuntimeException failure) {
        Throwable cause = failure instanceof ActivityFailure ? failure.getCause() : failure;
        return switch (cause) {
            case CanceledFailure _ -> WORKFLOW_CANCELLED;
            case TimeoutFailure timeout
            when Failures.typeOf(timeout).isEmpty() ->
                new Problem(ErrorCode.STEP_TIMED_OUT, activityType(failure) + " did not end within its time limit");
            case null, default -> Failures.problemOf(failure);
        };
    }

    /**
     * Returns the problem of a failed step of this scope. Once the scope is cancelled from outside, how one of its
     * steps ends does not matter.
     */
    public static Problem problemOf(RuntimeException failure, CancellationScope steps) {
        return steps.isCancelRequested() ? WORKFLOW_CANCELLED : problemOf(failure);
    }

    private static String activityType(RuntimeException failure) {
        return failure instanceof ActivityFailure activity ? activity.getActivityType() : "a step";
    }
}
