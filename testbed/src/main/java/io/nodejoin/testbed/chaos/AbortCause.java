package io.nodejoin.testbed.chaos;

import io.nodejoin.testbed.failpoint.FailAction;
import io.nodejoin.testbed.failpoint.FailPoint;
import io.nodejoin.testbed.failpoint.FailPosition;
import java.time.Duration;
import java.time.Instant;

/** Why a step does not come to its end. Those come first whose joins take the longest to end. */
enum AbortCause {
    /** Its answers are lost until the join's deadline is over. */
    DEADLINE_EXCEEDED(ExpectedOutcome.STEP_FAILURE, FailPosition.AFTER, FailAction.ERROR),
    /** A person terminates the workflow of an accepted request once the step has had its effect: it takes nothing back itself. */
    TERMINATED(ExpectedOutcome.TERMINATION, FailPosition.AFTER, FailAction.DELAY),
    /** It is refused for good. */
    REJECTED(ExpectedOutcome.STEP_FAILURE, FailPosition.BEFORE, FailAction.REJECT),
    /** It has had its effect, and whoever asked is told that it failed for good. */
    REJECTED_AFTER_EFFECT(ExpectedOutcome.STEP_FAILURE, FailPosition.AFTER, FailAction.REJECT),
    /** An event cancels the join while the step's answer is under way. */
    CANCELLED(ExpectedOutcome.CANCELLATION_DURING_STEP, FailPosition.AFTER, FailAction.DELAY),
    /** A person cancels the workflow in Temporal while the step begins. */
    CANCELLED_IN_TEMPORAL(ExpectedOutcome.CANCELLATION_DURING_STEP, FailPosition.BEFORE, FailAction.DELAY);

    /** Longer than it takes to see that a step is held, and to cancel. */
    private static final Duration HOLD_TIME = Duration.ofSeconds(10);
    /** A step that comes to its end before the deadline's timer has fired lets the join succeed. */
    private static final Duration TIMER_TOLERANCE = Duration.ofSeconds(5);

    private final ExpectedOutcome expected;
    private final FailPosition position;
    private final FailAction action;

    AbortCause(ExpectedOutcome expected, FailPosition position, FailAction action) {
        this.expected = expected;
        this.position = position;
        this.action = action;
    }

    ExpectedOutcome course() {
        return expected;
    }

    /** Whether the join needs a deadline that comes soon: a call, which its caller makes again for ever, knows no refusal. */
    boolean endsByDeadline(String step) {
        return this == DEADLINE_EXCEEDED || (action == FailAction.REJECT && StepNames.isCall(step));
    }

    FailPoint failPoint(String step, String workflow, Instant deadline) {
        FailPoint point = FailPoint.first(step, position, action, workflow).withDelay(HOLD_TIME);
        return endsByDeadline(step) ? point.until(deadline.plus(TIMER_TOLERANCE)) : point;
    }

    /** Does what happens from outside once the step is held; returns false if that has to be tried again. */
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
