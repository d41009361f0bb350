package io.nodejoin.testbed.chaos;

import java.util.List;
import java.util.stream.Stream;

/**
 * The join that is to be struck at a cell, or one of those that take its place if the blow comes too late for it.
 *
 * @param attempt which of them, counted from 1
 */
record Target(Cell cell, String name, int attempt) {
    private static final int ATTEMPTS = 4;

    static Target first(Cell cell, String name) {
        return new Target(cell, name, 1);
    }

    String node() {
        return name + "-" + attempt;
    }

    String workflow() {
        return ChaosBed.workflow(node());
    }

    boolean isHeld(List<String> lines) {
        return cell.holds(workflow(), lines);
    }

    /**
     * Whether the join does not come to its step any more: it was there, or is over without, since a blow elsewhere has spared it the step.
     *
     * @param isOver whether nothing of it ran any more when these lines were read
     */
    boolean isMissed(List<String> lines, boolean isOver) {
        return cell.hasLetGo(workflow(), lines) || (isOver && !isHeld(lines));
    }

    /** There is none for a fail point at which any workflow may be: all of them would be held at the same moment. */
    boolean hasNext() {
        return cell.isOfAWorkflow() && attempt < ATTEMPTS;
    }

    Target next() {
        return new Target(cell, name, attempt + 1);
    }

    Stream<Target> thisAndLater() {
        return hasNext() ? Stream.concat(Stream.of(this), next().thisAndLater()) : Stream.of(this);
    }
}
