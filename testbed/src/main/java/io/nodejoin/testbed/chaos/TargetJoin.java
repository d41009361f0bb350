package io.nodejoin.testbed.chaos;

import java.util.List;
import java.util.stream.Stream;

/**
 * The join that is to be struck at a cell, or one of those that take its place if the fault comes too late for it.
 *
 * @param attempt which of them, counted from 1
 */
record TargetJoin(KillPoint killPoint, String name, int attempt) {
    private static final int MAX_ATTEMPTS = 4;

    static TargetJoin first(KillPoint killPoint, String name) {
        return new TargetJoin(killPoint, name, 1);
    }

    String node() {
        return name + "-" + attempt;
    }

    String workflowId() {
        return ChaosBed.workflowId(node());
    }

    boolean isHeld(List<String> lines) {
        return killPoint.isHeld(workflowId(), lines);
    }

    /**
     * Whether the join does not come to its step any more: it was there, or is over without, since a fault elsewhere has spared it the step.
     *
     * @param isOver whether nothing of it ran any more when these lines were read
     */
    boolean isMissed(List<String> lines, boolean isOver) {
        return killPoint.isReleased(workflowId(), lines) || (isOver && !isHeld(lines));
    }

    /** There is none for a fail point at which any workflow may be: all of them would be held at the same moment. */
    boolean hasSubstitute() {
        return killPoint.isPerWorkflow() && attempt < MAX_ATTEMPTS;
    }

    TargetJoin substitute() {
        return new TargetJoin(killPoint, name, attempt + 1);
    }

    Stream<TargetJoin> withSubstitutes() {
        return hasSubstitute() ? Stream.concat(Stream.of(this), substitute().withSubstitutes()) : Stream.of(this);
    }
}
