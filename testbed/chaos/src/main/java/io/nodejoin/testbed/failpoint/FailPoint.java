package io.nodejoin.testbed.failpoint;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where and how the service fails.
 *
 * @param step the wire name of an activity such as {@code Token_Issue}, a call such as {@code Intake_Start}, or
 *     {@code *}
 * @param hit which matching occurrence fires, counted from 1; {@link #FIRST_OF_EACH} fires once per step, workflow and
 *     input
 * @param until if set, every occurrence before this instant fires
 * @param workflow the workflow that it applies to, or empty for any
 * @param inputMatch text that the step's input must contain; empty matches any input
 * @param delay duration of {@link FailAction#DELAY}
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
    /** The hit that fires at each first occurrence. */
    public static final int FIRST_OF_EACH = 0;

    private static final String ANY = "*";

    /** The first such moment of this workflow. */
    public static FailPoint first(String step, FailPosition position, FailAction action, String workflow) {
        return new FailPoint(step, position, 1, null, action, workflow, "", Duration.ZERO);
    }

    /** Lets every activity and call fail once at this position. */
    public static FailPoint errorOnceEach(FailPosition position) {
        return new FailPoint(ANY, position, FIRST_OF_EACH, null, FailAction.ERROR, "", "", Duration.ZERO);
    }

    /** Returns a copy for another occurrence than the first. */
    public FailPoint atHit(int number) {
        return new FailPoint(step, position, number, until, action, workflow, inputMatch, delay);
    }

    /** Returns a copy for every occurrence until then. */
    public FailPoint until(Instant end) {
        return new FailPoint(step, position, hit, end, action, workflow, inputMatch, delay);
    }

    /** Returns a copy for steps whose input contains these words. */
    public FailPoint withInput(String words) {
        return new FailPoint(step, position, hit, until, action, workflow, words, delay);
    }

    /** Returns a copy that delays a call for this long. */
    public FailPoint withDelay(Duration held) {
        return new FailPoint(step, position, hit, until, action, workflow, inputMatch, held);
    }

    /** Returns the marker line of a fail point that fired. */
    public static String markerLine(String step, FailPosition position, String workflow) {
        return step + " " + position.label() + " " + workflow;
    }

    /** The step of such a line. */
    public static String parseStep(String mark) {
        return mark.split(" ", 2)[0];
    }

    /** Returns the marker line of a service that has continued after this one. */
    public static String releaseLine(String mark) {
        return "past " + mark;
    }

    boolean matches(String reached, FailPosition at, String ofWorkflow, String input) {
        return appliesTo(reached, at, ofWorkflow) && input.contains(inputMatch);
    }

    /** Returns whether it matches, whatever the input. */
    boolean appliesTo(String reached, FailPosition at, String ofWorkflow) {
        return position == at
                && (step.equals(ANY) || step.equals(reached))
                && (workflow.isEmpty() || workflow.equals(ofWorkflow));
    }
}
