package io.nodejoin.testbed.chaos;

import io.nodejoin.protocol.Phase;
import io.nodejoin.testbed.faults.FailAction;
import io.nodejoin.testbed.faults.FailPlan;
import io.nodejoin.testbed.faults.Marker;
import io.nodejoin.testbed.process.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Joins of which each is to be struck at a step of its own. Those that come to their steps at about the same time are struck by the same
 * blow; all others are innocents that it meets anywhere. For one thread.
 */
final class Sweep {
    /** A join may be thrown back some times before it comes to its step. */
    private static final Duration COMES = Duration.ofSeconds(100);

    private static final Duration GATHERS = Duration.ofSeconds(8);
    private static final Duration NO_TIME = Duration.ZERO;

    private final ChaosBed bed;
    private final List<Going> joins = new ArrayList<>();
    private final List<Target> waiting = new ArrayList<>();
    private final List<Going> unwanted = new ArrayList<>();
    private int blows;

    private record Target(Cell cell, String node) {
        String workflow() {
            return ChaosBed.workflow(node);
        }

        boolean isMetIn(List<String> lines) {
            return lines.stream().anyMatch(line -> cell.isMetBy(line, workflow()));
        }
    }

    /** Joins for these cells, none of them begun. */
    Sweep(ChaosBed bed, String name, List<Cell> cells) {
        this.bed = bed;
        for (int i = 0; i < cells.size(); i++) {
            Cell cell = cells.get(i);
            waiting.add(
                    new Target(cell, String.format(Locale.ROOT, "%s%02d-%s", name, i, Steps.inANodeName(cell.step()))));
        }
    }

    /** Fail points for those that were not struck yet. */
    FailPlan plan(FailAction onceRecorded) {
        return new FailPlan(
                waiting.stream()
                        .map(target -> target.cell().point(target.workflow(), onceRecorded))
                        .toList(),
                bed.marker().file());
    }

    /** Boots all hosts and asks for all joins. */
    void begin() {
        for (Target target : waiting) {
            Course course = target.cell().course();
            Going join = bed.join(target.node(), course);
            joins.add(join);
            if (course == Course.UNWANTED) {
                unwanted.add(join);
            }
        }
    }

    /** Strikes whenever some joins are at their steps, until all were; returns the steps to which none came. */
    List<String> strike(Supplier<Marker> armed, Runnable blow) {
        while (!waiting.isEmpty()) {
            Marker marker = armed.get();
            if (!Waiting.until(COMES, () -> oneIsAtItsStep(marker))) {
                return waiting.stream()
                        .map(target -> target.node() + " never was at " + target.cell())
                        .toList();
            }
            Waiting.until(GATHERS, () -> !bed.parts().service().process().isRunning());
            List<String> lines = marker.lines();
            blow.run();
            blows++;
            waiting.removeIf(target -> target.isMetIn(lines));
        }
        return List.of();
    }

    private boolean oneIsAtItsStep(Marker marker) {
        unwanted.removeIf(this::isCancelled);
        List<String> lines = marker.lines();
        return waiting.stream().anyMatch(target -> target.isMetIn(lines));
    }

    private boolean isCancelled(Going join) {
        boolean due = bed.ends().awaitPhase(join.node(), Phase.CertificateIssued, NO_TIME);
        if (due) {
            bed.cancel(join);
        }
        return due;
    }

    List<Going> joins() {
        return List.copyOf(joins);
    }

    int blows() {
        return blows;
    }
}
