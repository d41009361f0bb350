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
 * Runs joins of which each is killed at a step of its own. Joins that reach their steps at about the same time share
 * one kill; the kill hits all other joins at an arbitrary step. Not thread-safe.
 */
final class KillSweep {
    /** A join may be set back several times before it reaches its step. */
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

    /** Returns fail points for the joins that were not killed yet. */
    FailPlan plan(FailAction onceRecorded) {
        return new FailPlan(
                Stream.concat(inFlight.keySet().stream(), notStarted.stream())
                        .flatMap(TargetJoin::withSubstitutes)
                        .map(target -> target.killPoint().failPoint(target.workflowId(), onceRecorded))
                        .toList(),
                bed.newMarker().file());
    }

    /** Boots the hosts and requests the joins of these kill points; all others follow once these are done. */
    void startJoins(Predicate<KillPoint> atOnce) {
        List<TargetJoin> begun = notStarted.stream()
                .filter(target -> atOnce.test(target.killPoint()))
                .toList();
        notStarted.removeAll(begun);
        begun.forEach(this::startJoins);
    }

    private void startJoins(TargetJoin target) {
        ExpectedOutcome expected = target.killPoint().expected();
        InFlightJoin join = bed.begin(target.node(), target.killPoint().step(), expected, null);
        inFlight.put(target, join);
        joins.add(join);
        if (expected == ExpectedOutcome.CANCELLATION) {
            toCancel.add(join);
        }
    }

    /** Kills whenever some joins are at their steps, until all were; returns the steps at which no kill happened. */
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
                startNextJoins();
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

    /** Starts all that can be held until others have reached their steps; or else one, which cannot. */
    private void startNextJoins() {
        if (notStarted.stream().anyMatch(target -> target.killPoint().canHold())) {
            startJoins(KillPoint::canHold);
        } else {
            startJoins(notStarted.removeFirst());
        }
    }

    /**
     * Joins that arrived during the last kill are not kept waiting, since they may continue soon. Returns false if none
     * arrives.
     */
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

    /** Replaces each join that passed its step during or since the last kill by a substitute. */
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

    /**
     * The outcome is published before Temporal has recorded the step that publishes it, so a join may reach its step
     * until its workflow is closed.
     */
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
        boolean due = bed.outcomes().awaitPhase(join.node(), Phase.KubeletStarted, NO_WAIT);
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
