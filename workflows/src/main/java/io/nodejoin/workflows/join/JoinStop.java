package io.nodejoin.workflows.join;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;

/** Leaves the steps of a join from any depth, through promises and scopes, with the problem that ends it. */
final class JoinStop {
    private JoinStop() {}

    static ApplicationFailure because(Problem problem) {
        return Failures.of(FailureType.PRECONDITION_LOST, problem);
    }

    static ApplicationFailure because(ErrorCode code, String detail) {
        return because(new Problem(code, detail));
    }

    /** The problem behind a failed step. A cancelled step that nothing else explains was cancelled from outside. */
    static Problem problemOf(RuntimeException failure) {
        boolean cancelled = failure instanceof CanceledFailure || failure.getCause() instanceof CanceledFailure;
        return cancelled
                ? new Problem(ErrorCode.CANCELLED_BY_REQUEST, "the workflow was cancelled")
                : Failures.problemOf(failure);
    }
}
