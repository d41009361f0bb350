package io.nodejoin.testbed.chaos;

import io.nodejoin.testbed.failpoint.FailAction;
import io.nodejoin.testbed.failpoint.FailPoint;
import io.nodejoin.testbed.failpoint.FailPosition;
import java.time.Duration;
import java.time.Instant;

/** Why a step does not complete. */
enum AbortCause {
    /** The step's responses are lost until the join's deadline has passed. */
    DEADLINE_EXCEEDED(ExpectedOutcome.STEP_FAILURE, FailPosition.AFTER, FailAction.ERROR),
    /**
     * The workflow of an accepted request is terminated once the step has taken effect, so it compensates nothing
     * itself.
     */
    TERMINATED(ExpectedOutcome.TERMINATION, FailPosition.AFTER, FailAction.DELAY),
    /** It is refused for good. */
    REJECTED(ExpectedOutcome.STEP_FAILURE, FailPosition.BEFORE, FailAction.REJECT),
    /** The step takes effect and its caller receives a non-retryable failure. */
    REJECTED_AFTER_EFFECT(ExpectedOutcome.STEP_FAILURE, FailPosition.AFTER, FailAction.REJECT),
    /** An event cancels the join while the step's response is pending. */
    CANCELLED(ExpectedOutcome.CANCELLATION_DURING_STEP, FailPosition.AFTER, FailAction.DELAY),
    /** The workflow is cancelled in Temporal while the step starts. */
    CANCELLED_IN_TEMPORAL(ExpectedOutcome.CANCELLATION_DURING_STEP, FailPosition.BEFORE, FailAction.DELAY);

    /** Longer than it takes to see that a step is held, and to cancel. */
    private static final Duration HOLD_TIME = Duration.ofSeconds(10);
    /** A step that completes before the deadline's timer fires lets the join succeed. */
    private static final Duration TIMER_TOLERANCE = Duration.ofSeconds(5);

    private final ExpectedOutcome expected;
    private final FailPosition position;
    private final FailAction action;

    AbortCause(ExpectedOutcome expected, FailPosition position, FailAction action) {
        this.expected = expected;
        this.position = position;
        this.action = action;
    }

    /** Returns the outcome of a join that is aborted at this step: a join that has succeeded before stays so. */
    ExpectedOutcome course(String step) {
        if (expected == ExpectedOutcome.CANCELLATION_DURING_STEP && StepNames.BESIDE_SUCCESS.contains(step)) {
            return ExpectedOutcome.CANCELLATION_BESIDE_SUCCESS;
        }
        boolean hasSucceeded = StepNames.STARTING_AFTER_SUCCESS.contains(step)
                || (position == FailPosition.AFTER && StepNames.ENDING_AFTER_SUCCESS.contains(step));
        return hasSucceeded ? ExpectedOutcome.SUCCESS : expected;
    }

    /** Returns whether the join needs an early deadline: a call is retried for ever, so no failure ends it. */
    boolean endsByDeadline(String step) {
        return this == DEADLINE_EXCEEDED || (action == FailAction.REJECT && StepNames.isCall(step));
    }

    FailPoint failPoint(String step, String workflow, Instant deadline) {
        FailPoint point = FailPoint.first(step, position, action, workflow).withDelay(HOLD_TIME);
        return endsByDeadline(step) ? point.until(deadline.plus(TIMER_TOLERANCE)) : point;
    }

    /** Performs the external action once the step is held. Returns false if it must be retried. */
    boolean act(ChaosBed bed, InFlightJoin join) {
        return switch (this) {
            case CANCELLED -> {
                bed.cancel(join);
                yield true;
            }
            case CANCELLED_IN_TEMPORAL -> bed.runWorkflowCommand("cancel", join);
            case TERMINATED -> bed.outcomes().isAccepted(join) && bed.runWorkflowCommand("terminate", join);
            case DEADLINE_EXCEEDED, REJECTED, REJECTED_AFTER_EFFECT -> true;
        };
    }
}
