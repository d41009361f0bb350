package io.nodejoin.testbed.chaos;

import java.util.List;
import java.util.stream.Stream;

/**
 * The join that is killed at a kill point, or a substitute if the kill came too late for it.
 *
 * @param attempt number of the substitute, counted from 1
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
     * Returns whether the join cannot reach its step any more: it has passed it, or has ended without it because of a
     * fault elsewhere.
     *
     * @param isOver whether its workflow was closed when these lines were read
     */
    boolean isMissed(List<String> lines, boolean isOver) {
        return killPoint.isReleased(workflowId(), lines) || (isOver && !isHeld(lines));
    }

    /** There is none for a fail point that matches any workflow, since all of them would be held at once. */
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
