package io.nodejoin.testbed.chaos;

import io.nodejoin.testbed.faults.Cut;
import io.nodejoin.testbed.faults.FailAction;
import io.nodejoin.testbed.faults.FailPoint;
import java.time.Duration;
import java.time.Instant;

/** Why a step does not come to its end. Those come first whose joins take the longest to end. */
enum Cause {
    /** Its answers are lost until the join's deadline is over. */
    OVERDUE(Course.THWARTED, Cut.AFTER, FailAction.ERROR),
    /** A person terminates the workflow of an accepted request once the step has had its effect: it takes nothing back itself. */
    TERMINATED(Course.TERMINATED, Cut.AFTER, FailAction.DELAY),
    /** It is refused for good. */
    REFUSED(Course.THWARTED, Cut.BEFORE, FailAction.REFUSE),
    /** It has had its effect, and whoever asked is told that it failed for good. */
    DISOWNED(Course.THWARTED, Cut.AFTER, FailAction.REFUSE),
    /** An event cancels the join while the step's answer is under way. */
    CANCELLED(Course.WITHDRAWN, Cut.AFTER, FailAction.DELAY),
    /** A person cancels the workflow in Temporal while the step begins. */
    CANCELLED_IN_TEMPORAL(Course.WITHDRAWN, Cut.BEFORE, FailAction.DELAY);

    /** Longer than it takes to see that a step is held, and to cancel. */
    private static final Duration HELD = Duration.ofSeconds(10);
    /** A step that comes to its end before the deadline's timer has fired lets the join succeed. */
    private static final Duration TIMER_IS_LATE = Duration.ofSeconds(5);

    private final Course course;
    private final Cut cut;
    private final FailAction action;

    Cause(Course course, Cut cut, FailAction action) {
        this.course = course;
        this.cut = cut;
        this.action = action;
    }

    Course course() {
        return course;
    }

    /** Whether the join needs a deadline that comes soon: a call, which its caller makes again for ever, knows no refusal. */
    boolean endsByDeadline(String step) {
        return this == OVERDUE || (action == FailAction.REFUSE && Steps.isCall(step));
    }

    FailPoint at(String step, String workflow, Instant deadline) {
        FailPoint point = FailPoint.first(step, cut, action, workflow).holding(HELD);
        return endsByDeadline(step) ? point.until(deadline.plus(TIMER_IS_LATE)) : point;
    }

    /** Does what happens from outside once the step is held; returns false if that has to be tried again. */
    boolean strike(ChaosBed bed, Going join) {
        return switch (this) {
            case CANCELLED -> {
                bed.cancel(join);
                yield true;
            }
            case CANCELLED_IN_TEMPORAL -> bed.endInTemporal("cancel", join);
            case TERMINATED -> bed.ends().isAccepted(join) && bed.endInTemporal("terminate", join);
            case OVERDUE, REFUSED, DISOWNED -> true;
        };
    }
}
