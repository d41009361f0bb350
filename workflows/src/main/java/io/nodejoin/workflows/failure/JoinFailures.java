package io.nodejoin.workflows.failure;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.TimeoutFailure;
import io.temporal.workflow.CancellationScope;

/** Leaves the steps of a join from any depth, through promises and scopes, with the problem that ends it. */
public final class JoinFailures {
    /** What Temporal's own cancelling means. */
    public static final Problem WORKFLOW_CANCELLED =
            new Problem(ErrorCode.CANCELLED_BY_REQUEST, "the workflow was cancelled");

    private JoinFailures() {}

    public static ApplicationFailure of(Problem problem) {
        return Failures.of(FailureType.FAILED_PRECONDITION, problem);
    }

    public static ApplicationFailure of(ErrorCode code, String detail) {
        return of(new Problem(code, detail));
    }

    /** The problem behind a failed step. A cancelled step that nothing else explains was cancelled from outside. */
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
     * The problem behind a failed step of these that nothing has stopped from inside. Once they are cancelled from outside it matters
     * no more how one of them ends.
     */
    public static Problem problemOf(RuntimeException failure, CancellationScope steps) {
        return steps.isCancelRequested() ? WORKFLOW_CANCELLED : problemOf(failure);
    }

    private static String activityType(RuntimeException failure) {
        return failure instanceof ActivityFailure activity ? activity.getActivityType() : "a step";
    }
}
