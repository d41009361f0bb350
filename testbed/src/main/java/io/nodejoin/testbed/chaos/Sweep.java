package io.nodejoin.testbed.chaos;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Phase;
import io.nodejoin.testbed.faults.FailAction;
import io.nodejoin.testbed.faults.FailPlan;
import io.nodejoin.testbed.faults.Marker;
import io.nodejoin.testbed.process.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Joins of which each is to be struck at a step of its own. Those that come to their steps at about the same time are struck by the same
 * blow; all others are innocents that it meets anywhere. For one thread.
 */
final class Sweep {
    /** A join may be thrown back some times before it comes to its step. */
    private static final Duration COMES = Duration.ofSeconds(100);

    private static final Duration GATHERS = Duration.ofSeconds(5);
    private static final Duration NO_TIME = Duration.ZERO;

    private final ChaosBed bed;
    private final List<Going> joins = new ArrayList<>();
    private final List<Target> ahead = new ArrayList<>();
    private final Map<Target, Going> waiting = new LinkedHashMap<>();
    private final List<Going> unwanted = new ArrayList<>();
    private int blows;

    /** Joins for these cells, none of them begun. */
    Sweep(ChaosBed bed, String name, List<Cell> cells) {
        this.bed = bed;
        for (int i = 0; i < cells.size(); i++) {
            Cell cell = cells.get(i);
            ahead.add(Target.first(
                    cell, String.format(Locale.ROOT, "%s%02d-%s", name, i, Steps.inANodeName(cell.step()))));
        }
    }

    /** Fail points for those that were not struck yet. */
    FailPlan plan(FailAction onceRecorded) {
        return new FailPlan(
                Stream.concat(waiting.keySet().stream(), ahead.stream())
                        .flatMap(Target::thisAndLater)
                        .map(target -> target.cell().point(target.workflow(), onceRecorded))
                        .toList(),
                bed.marker().file());
    }

    /** Boots the hosts and asks for the joins of these cells; all others follow one by one, when none of these is left. */
    void begin(Predicate<Cell> atOnce) {
        List<Target> begun =
                ahead.stream().filter(target -> atOnce.test(target.cell())).toList();
        ahead.removeAll(begun);
        begun.forEach(this::begin);
    }

    private void begin(Target target) {
        Course course = target.cell().course();
        Going join = bed.join(target.node(), course);
        waiting.put(target, join);
        joins.add(join);
        if (course == Course.UNWANTED) {
            unwanted.add(join);
        }
    }

    /** Strikes whenever some joins are at their steps, until all were; returns the steps at which none was struck. */
    List<String> strike(Supplier<Marker> armed, Runnable blow) {
        List<String> missed = strikeAll(armed, blow);
        // A blow may have thrown them back to where they are not cancelled yet.
        unwanted.forEach(bed::cancel);
        unwanted.clear();
        return missed;
    }

    private List<String> strikeAll(Supplier<Marker> armed, Runnable blow) {
        while (!waiting.isEmpty() || !ahead.isEmpty()) {
            if (waiting.isEmpty()) {
                begin(ahead.removeFirst());
            }
            Marker marker = armed.get();
            if (atTheirSteps(marker).isEmpty() && !gather(marker)) {
                return Stream.concat(waiting.keySet().stream(), ahead.stream())
                        .map(target -> target.node() + " was not struck at " + target.cell())
                        .toList();
            }
            List<Target> struck = atTheirSteps(marker);
            blow.run();
            blows++;
            waiting.keySet().removeAll(struck);
        }
        return List.of();
    }

    /** Those that came during the last blow are not kept waiting: they may go on soon. Returns false if none comes. */
    private boolean gather(Marker marker) {
        boolean come = Waiting.until(COMES, () -> !atTheirSteps(marker).isEmpty());
        Waiting.until(
                come ? GATHERS : NO_TIME,
                () -> serviceIsDead() || atTheirSteps(marker).size() == waiting.size());
        return come;
    }

    private boolean serviceIsDead() {
        return !bed.parts().service().process().isRunning();
    }

    /** Has another join take the place of each that came to its step during a blow and has gone on before the next one, or has passed it by. */
    private List<Target> atTheirSteps(Marker marker) {
        unwanted.removeIf(this::isCancelled);
        Set<Target> over = over(marker.lines());
        List<String> lines = marker.lines();
        List<Target> missed = waiting.keySet().stream()
                .filter(target -> target.hasNext() && target.isMissed(lines, over.contains(target)))
                .toList();
        waiting.keySet().removeAll(missed);
        missed.forEach(target -> begin(target.next()));
        return waiting.keySet().stream().filter(target -> target.isHeld(lines)).toList();
    }

    /** An end is told before the step that tells it has been recorded: a join comes to its step until nothing of it runs. */
    private Set<Target> over(List<String> lines) {
        Set<JoinId> told = bed.ends().all().keySet();
        return waiting.entrySet().stream()
                .filter(begun -> begun.getKey().hasNext() && !begun.getKey().isHeld(lines))
                .filter(begun -> told.contains(begun.getValue().join()) && bed.isOver(begun.getValue()))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
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
