package io.nodejoin.testbed.faults;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where and how a service fails.
 *
 * @param step the wire name of an activity such as {@code Token_Issue}, a call such as {@code Intake_Start}, or {@code *}
 * @param hit which of the matching moments, counted from 1; {@link #EACH} is the first one of each step of each workflow with each
 *     input
 * @param workflow the workflow that it is meant for, or empty for any
 * @param marker the file that says that it fired; it is on disk before anything happens
 */
public record FailPoint(
        String step, Cut cut, int hit, FailAction action, String workflow, Duration delay, Path marker) {
    /** The hit that stands for all first ones. */
    public static final int EACH = 0;

    private static final String ANY = "*";
    private static final String POINT = "NODEJOIN_FAILPOINT";
    private static final String ACTION = POINT + "_ACTION";
    private static final String WORKFLOW = POINT + "_WORKFLOW";
    private static final String DELAY = POINT + "_DELAY_MILLIS";
    private static final String MARKER = POINT + "_MARKER";
    private static final String EACH_WORD = "each";
    private static final Pattern FORM = Pattern.compile("([^:]+):([a-z]+)(?::(each|[1-9]\\d*))?");

    /** Kills the service at this moment of a workflow. */
    public static FailPoint halt(String step, Cut cut, String workflow, Path marker) {
        return new FailPoint(step, cut, 1, FailAction.HALT, workflow, Duration.ZERO, marker);
    }

    /** Lets every activity and call fail once at this cut. */
    public static FailPoint errorOnceEach(Cut cut, Path marker) {
        return new FailPoint(ANY, cut, EACH, FailAction.ERROR, "", Duration.ZERO, marker);
    }

    /** Reads {@code NODEJOIN_FAILPOINT=step:cut[:hit]} and the variables beside it. */
    public static FailPoint of(Map<String, String> environment) {
        Matcher parts = FORM.matcher(required(environment, POINT));
        if (!parts.matches()) {
            throw new IllegalArgumentException(POINT + " is step:cut[:hit], not " + environment.get(POINT));
        }
        String hit = parts.group(3) == null ? "1" : parts.group(3);
        return new FailPoint(
                parts.group(1),
                Cut.of(parts.group(2)),
                hit.equals(EACH_WORD) ? EACH : Integer.parseInt(hit),
                FailAction.of(environment.getOrDefault(ACTION, FailAction.HALT.word())),
                environment.getOrDefault(WORKFLOW, ""),
                Duration.ofMillis(Long.parseLong(environment.getOrDefault(DELAY, "0"))),
                Path.of(required(environment, MARKER)));
    }

    /** The variables that {@link #of} reads. */
    public Map<String, String> environment() {
        Map<String, String> variables = new HashMap<>();
        variables.put(POINT, step + ":" + cut.word() + ":" + (hit == EACH ? EACH_WORD : Integer.toString(hit)));
        variables.put(ACTION, action.word());
        variables.put(WORKFLOW, workflow);
        variables.put(DELAY, Long.toString(delay.toMillis()));
        variables.put(MARKER, marker.toString());
        return variables;
    }

    boolean matches(String reached, Cut at, String ofWorkflow) {
        return cut == at
                && (step.equals(ANY) || step.equals(reached))
                && (workflow.isEmpty() || workflow.equals(ofWorkflow));
    }

    private static String required(Map<String, String> environment, String name) {
        String value = environment.getOrDefault(name, "");
        if (value.isEmpty()) {
            throw new IllegalArgumentException(name + " is not set");
        }
        return value;
    }
}
