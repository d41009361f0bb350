package io.nodejoin.testbed.chaos;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Phase;
import io.nodejoin.testbed.failpoint.FailAction;
import io.nodejoin.testbed.failpoint.FailPlan;
import io.nodejoin.testbed.failpoint.FailPointMarker;
import io.nodejoin.testbed.process.Await;
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
 * fault; all others are innocents that it meets anywhere. For one thread.
 */
final class KillSweep {
    /** A join may be thrown back some times before it comes to its step. */
    private static final Duration ARRIVAL_TIMEOUT = Duration.ofSeconds(100);

    private static final Duration GATHERING_TIME = Duration.ofSeconds(5);
    private static final Duration NO_WAIT = Duration.ZERO;

    private final ChaosBed bed;
    private final List<InFlightJoin> joins = new ArrayList<>();
    private final List<TargetJoin> notStarted = new ArrayList<>();
    private final Map<TargetJoin, InFlightJoin> inFlight = new LinkedHashMap<>();
    private final List<InFlightJoin> toCancel = new ArrayList<>();
    private int kills;

    /** Joins for these cells, none of them begun. */
    KillSweep(ChaosBed bed, String name, List<KillPoint> cells) {
        this.bed = bed;
        for (int i = 0; i < cells.size(); i++) {
            KillPoint killPoint = cells.get(i);
            notStarted.add(TargetJoin.first(
                    killPoint,
                    String.format(Locale.ROOT, "%s%02d-%s", name, i, StepNames.toNodeNamePart(killPoint.step()))));
        }
    }

    /** Fail points for those that were not struck yet. */
    FailPlan plan(FailAction onceRecorded) {
        return new FailPlan(
                Stream.concat(inFlight.keySet().stream(), notStarted.stream())
                        .flatMap(TargetJoin::withSubstitutes)
                        .map(target -> target.killPoint().failPoint(target.workflowId(), onceRecorded))
                        .toList(),
                bed.newMarker().file());
    }

    /** Boots the hosts and asks for the joins of these cells; all others follow one by one, when none of these is left. */
    void startJoins(Predicate<KillPoint> atOnce) {
        List<TargetJoin> begun = notStarted.stream()
                .filter(target -> atOnce.test(target.killPoint()))
                .toList();
        notStarted.removeAll(begun);
        begun.forEach(this::startJoins);
    }

    private void startJoins(TargetJoin target) {
        ExpectedOutcome expected = target.killPoint().expected();
        InFlightJoin join = bed.bootAndRequest(target.node(), expected);
        inFlight.put(target, join);
        joins.add(join);
        if (expected == ExpectedOutcome.CANCELLATION) {
            toCancel.add(join);
        }
    }

    /** Strikes whenever some joins are at their steps, until all were; returns the steps at which none was struck. */
    List<String> killUntilAllHit(Supplier<FailPointMarker> armed, Runnable fault) {
        List<String> missed = killRepeatedly(armed, fault);
        // A fault may have thrown them back to where they are not cancelled yet.
        toCancel.forEach(bed::cancel);
        toCancel.clear();
        return missed;
    }

    private List<String> killRepeatedly(Supplier<FailPointMarker> armed, Runnable fault) {
        while (!inFlight.isEmpty() || !notStarted.isEmpty()) {
            if (inFlight.isEmpty()) {
                startJoins(notStarted.removeFirst());
            }
            FailPointMarker marker = armed.get();
            if (heldTargets(marker).isEmpty() && !awaitHeldJoins(marker)) {
                return Stream.concat(inFlight.keySet().stream(), notStarted.stream())
                        .map(target -> target.node() + " was not killed at " + target.killPoint())
                        .toList();
            }
            List<TargetJoin> struck = heldTargets(marker);
            fault.run();
            kills++;
            inFlight.keySet().removeAll(struck);
        }
        return List.of();
    }

    /** Those that came during the last fault are not kept waiting: they may go on soon. Returns false if none comes. */
    private boolean awaitHeldJoins(FailPointMarker marker) {
        boolean come = Await.until(ARRIVAL_TIMEOUT, () -> !heldTargets(marker).isEmpty());
        Await.until(
                come ? GATHERING_TIME : NO_WAIT,
                () -> serviceIsDead() || heldTargets(marker).size() == inFlight.size());
        return come;
    }

    private boolean serviceIsDead() {
        return !bed.testBed().service().process().isRunning();
    }

    /** Has another join take the place of each that came to its step during a fault and has gone on before the next one, or has passed it by. */
    private List<TargetJoin> heldTargets(FailPointMarker marker) {
        toCancel.removeIf(this::cancelIfDue);
        Set<TargetJoin> over = closedTargets(marker.lines());
        List<String> lines = marker.lines();
        List<TargetJoin> missed = inFlight.keySet().stream()
                .filter(target -> target.hasSubstitute() && target.isMissed(lines, over.contains(target)))
                .toList();
        inFlight.keySet().removeAll(missed);
        missed.forEach(target -> startJoins(target.substitute()));
        return inFlight.keySet().stream().filter(target -> target.isHeld(lines)).toList();
    }

    /** An end is told before the step that tells it has been recorded: a join comes to its step until nothing of it runs. */
    private Set<TargetJoin> closedTargets(List<String> lines) {
        Set<JoinId> told = bed.outcomes().all().keySet();
        return inFlight.entrySet().stream()
                .filter(begun ->
                        begun.getKey().hasSubstitute() && !begun.getKey().isHeld(lines))
                .filter(begun -> told.contains(begun.getValue().joinId()) && bed.isWorkflowClosed(begun.getValue()))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    private boolean cancelIfDue(InFlightJoin join) {
        boolean due = bed.outcomes().awaitPhase(join.node(), Phase.CertificateIssued, NO_WAIT);
        if (due) {
            bed.cancel(join);
        }
        return due;
    }

    List<InFlightJoin> joins() {
        return List.copyOf(joins);
    }

    int kills() {
        return kills;
    }
}
