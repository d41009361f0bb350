package io.nodejoin.testbed.faults;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where and how a service fails.
 *
 * @param step the wire name of an activity such as {@code Token_Issue}, a call such as {@code Intake_Start}, or {@code *}
 * @param hit which of the matching moments, counted from 1; {@link #EACH} is the first one of each step of each workflow with each
 *     input
 * @param until absent for that one moment, or when the last of all moments is that begin with it
 * @param workflow the workflow that it is meant for, or empty for any
 * @param asking words that are in what the step is asked for, or empty for whatever it is asked for
 * @param delay how long a call is held by {@link FailAction#DELAY}
 */
public record FailPoint(
        String step,
        Cut cut,
        int hit,
        @Nullable Instant until,
        FailAction action,
        String workflow,
        String asking,
        Duration delay) {
    /** The hit that stands for all first ones. */
    public static final int EACH = 0;

    private static final String ANY = "*";

    /** The first such moment of this workflow. */
    public static FailPoint first(String step, Cut cut, FailAction action, String workflow) {
        return new FailPoint(step, cut, 1, null, action, workflow, "", Duration.ZERO);
    }

    /** Lets every activity and call fail once at this cut. */
    public static FailPoint errorOnceEach(Cut cut) {
        return new FailPoint(ANY, cut, EACH, null, FailAction.ERROR, "", "", Duration.ZERO);
    }

    /** The same at another moment than the first. */
    public FailPoint atHit(int number) {
        return new FailPoint(step, cut, number, until, action, workflow, asking, delay);
    }

    /** The same at every moment until then. */
    public FailPoint until(Instant end) {
        return new FailPoint(step, cut, hit, end, action, workflow, asking, delay);
    }

    /** The same for a step that is asked for something with these words in it. */
    public FailPoint asking(String words) {
        return new FailPoint(step, cut, hit, until, action, workflow, words, delay);
    }

    /** The same with a call that is held for this long. */
    public FailPoint holding(Duration held) {
        return new FailPoint(step, cut, hit, until, action, workflow, asking, held);
    }

    /** The line by which a marker says that one struck there. */
    public static String mark(String step, Cut cut, String workflow) {
        return step + " " + cut.word() + " " + workflow;
    }

    /** The step of such a line. */
    public static String stepOf(String mark) {
        return mark.split(" ", 2)[0];
    }

    /** The line by which a marker says that the service has gone on from where this mark was made. */
    public static String past(String mark) {
        return "past " + mark;
    }

    boolean matches(String reached, Cut at, String ofWorkflow, String input) {
        return mayStrike(reached, at, ofWorkflow) && input.contains(asking);
    }

    /** Whether it matches for any input. */
    boolean mayStrike(String reached, Cut at, String ofWorkflow) {
        return cut == at
                && (step.equals(ANY) || step.equals(reached))
                && (workflow.isEmpty() || workflow.equals(ofWorkflow));
    }
}
