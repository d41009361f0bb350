package io.nodejoin.testbed.chaos;

import io.nodejoin.protocol.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Joins of all courses that are under way at once: the first cannot succeed, and two do not end by themselves. */
record MixedJoins(List<InFlightJoin> joins) {
    private static final Duration PHASE_TIMEOUT = Duration.ofMinutes(3);

    static MixedJoins start(ChaosBed bed, String name, int number) {
        List<InFlightJoin> joins = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            ExpectedOutcome expected = switch (i) {
                case 0 -> ExpectedOutcome.FAILURE;
                case 1 -> ExpectedOutcome.CANCELLATION;
                case 2 -> ExpectedOutcome.TERMINATION_WHILE_WAITING;
                default -> ExpectedOutcome.SUCCESS;
            };
            joins.add(bed.bootAndRequest(name + "-" + i, expected));
        }
        return new MixedJoins(List.copyOf(joins));
    }

    /** Cancels and terminates those that do not end by themselves; returns what went wrong with it. */
    List<String> abortSome(ChaosBed bed) {
        List<String> failures = new ArrayList<>();
        for (InFlightJoin join : joins) {
            if (!join.expected().neverReady()) {
                continue;
            }
            if (!bed.outcomes().awaitPhase(join.node(), Phase.KubeletStarted, PHASE_TIMEOUT)) {
                failures.add("the kubelet of " + join.node() + " was not started");
            } else if (join.expected() == ExpectedOutcome.CANCELLATION) {
                bed.cancel(join);
            } else if (!bed.runWorkflowCommand("terminate", join)) {
                failures.add("the workflow of " + join.node() + " was not terminated");
            }
        }
        return failures;
    }

    /** How many of these were terminated. */
    static long terminated(List<InFlightJoin> joins) {
        return joins.stream()
                .filter(join -> join.expected() == ExpectedOutcome.TERMINATION_WHILE_WAITING)
                .count();
    }
}
