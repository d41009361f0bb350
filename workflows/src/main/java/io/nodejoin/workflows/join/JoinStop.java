package io.nodejoin.workflows.join;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.TimeoutFailure;
import io.temporal.workflow.CancellationScope;

/** Leaves the steps of a join from any depth, through promises and scopes, with the problem that ends it. */
final class JoinStop {
    /** What Temporal's own cancelling means. */
    static final Problem CANCELLED = new Problem(ErrorCode.CANCELLED_BY_REQUEST, "the workflow was cancelled");

    private JoinStop() {}

    static ApplicationFailure because(Problem problem) {
        return Failures.of(FailureType.PRECONDITION_LOST, problem);
    }

    static ApplicationFailure because(ErrorCode code, String detail) {
        return because(new Problem(code, detail));
    }

    /** The problem behind a failed step. A cancelled step that nothing else explains was cancelled from outside. */
    static Problem problemOf(RuntimeException failure) {
        Throwable cause = failure instanceof ActivityFailure ? failure.getCause() : failure;
        return switch (cause) {
            case CanceledFailure _ -> CANCELLED;
            case TimeoutFailure timeout
            when Failures.typeOf(timeout).isEmpty() ->
                new Problem(ErrorCode.JOIN_DEADLINE_EXCEEDED, step(failure) + " did not end in time");
            case null, default -> Failures.problemOf(failure);
        };
    }

    /**
     * The problem behind a failed step of these that nothing has stopped from inside. Once they are cancelled from outside it matters
     * no more how one of them ends.
     */
    static Problem problemOf(RuntimeException failure, CancellationScope steps) {
        return steps.isCancelRequested() ? CANCELLED : problemOf(failure);
    }

    private static String step(RuntimeException failure) {
        return failure instanceof ActivityFailure activity ? activity.getActivityType() : "a step";
    }
}
