package io.nodejoin.testbed.failpoint;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where and how a service fails.
 *
 * @param step the wire name of an activity such as {@code Token_Issue}, a call such as {@code Intake_Start}, or {@code *}
 * @param hit which of the matching moments, counted from 1; {@link #FIRST_OF_EACH} is the first one of each step of each workflow with each
 *     input
 * @param until absent for that one moment, or when the last of all moments is that begin with it
 * @param workflow the workflow that it is meant for, or empty for any
 * @param inputMatch words that are in what the step is asked for, or empty for whatever it is asked for
 * @param delay how long a call is held by {@link FailAction#DELAY}
 */
public record FailPoint(
        String step,
        FailPosition position,
        int hit,
        @Nullable Instant until,
        FailAction action,
        String workflow,
        String inputMatch,
        Duration delay) {
    /** The hit that stands for all first ones. */
    public static final int FIRST_OF_EACH = 0;

    private static final String ANY = "*";

    /** The first such moment of this workflow. */
    public static FailPoint first(String step, FailPosition position, FailAction action, String workflow) {
        return new FailPoint(step, position, 1, null, action, workflow, "", Duration.ZERO);
    }

    /** Lets every activity and call fail once at this cut. */
    public static FailPoint errorOnceEach(FailPosition position) {
        return new FailPoint(ANY, position, FIRST_OF_EACH, null, FailAction.ERROR, "", "", Duration.ZERO);
    }

    /** The same at another moment than the first. */
    public FailPoint atHit(int number) {
        return new FailPoint(step, position, number, until, action, workflow, inputMatch, delay);
    }

    /** The same at every moment until then. */
    public FailPoint until(Instant end) {
        return new FailPoint(step, position, hit, end, action, workflow, inputMatch, delay);
    }

    /** The same for a step that is asked for something with these words in it. */
    public FailPoint withInput(String words) {
        return new FailPoint(step, position, hit, until, action, workflow, words, delay);
    }

    /** The same with a call that is held for this long. */
    public FailPoint withDelay(Duration held) {
        return new FailPoint(step, position, hit, until, action, workflow, inputMatch, held);
    }

    /** The line by which a marker says that one struck there. */
    public static String markerLine(String step, FailPosition position, String workflow) {
        return step + " " + position.label() + " " + workflow;
    }

    /** The step of such a line. */
    public static String parseStep(String mark) {
        return mark.split(" ", 2)[0];
    }

    /** The line by which a marker says that the service has gone on from where this mark was made. */
    public static String releaseLine(String mark) {
        return "past " + mark;
    }

    boolean matches(String reached, FailPosition at, String ofWorkflow, String input) {
        return appliesTo(reached, at, ofWorkflow) && input.contains(inputMatch);
    }

    /** Whether it matches for any input. */
    boolean appliesTo(String reached, FailPosition at, String ofWorkflow) {
        return position == at
                && (step.equals(ANY) || step.equals(reached))
                && (workflow.isEmpty() || workflow.equals(ofWorkflow));
    }
}
