package io.nodejoin.testbed.chaos;

import io.nodejoin.testbed.failpoint.FailPlan;
import io.nodejoin.testbed.failpoint.FailPoint;
import io.nodejoin.testbed.failpoint.FailPointMarker;
import io.nodejoin.testbed.process.Await;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Aborts a join at each step for each {@link AbortCause} and checks that it is compensated, by its workflow or by the
 * garbage collector, or keeps its Node and nothing else if it has succeeded before.
 */
final class Compensations implements Experiment {
    /** The first joins must reach their steps by then, also while the service starts. */
    private static final Duration DEADLINE = Duration.ofSeconds(90);

    private static final Duration FAIL_POINT_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration COMPLETION_TIMEOUT = Duration.ofMinutes(5);
    /**
     * The garbage collector looks for a late Node until no activity of its join can act any more: 75 s and one cycle.
     */
    private static final Duration SETTLE_TIMEOUT = Duration.ofMinutes(2);

    /** One aborted join. */
    private record AbortedJoin(AbortCause cause, String step, String node) {
        String workflow() {
            return ChaosBed.workflowId(node);
        }

        boolean endsByDeadline() {
            return cause.endsByDeadline(step);
        }
    }

    @Override
    public String name() {
        return "compensation";
    }

    @Override
    public Findings run(ChaosBed bed, Scale scale) {
        Instant deadline = Instant.now().plus(DEADLINE);
        FailPointMarker marker = bed.newMarker();
        List<FailPoint> points = new ArrayList<>();
        for (AbortCause cause : AbortCause.values()) {
            abortedJoins(cause)
                    .forEach(abortedJoin ->
                            points.add(cause.failPoint(abortedJoin.step(), abortedJoin.workflow(), deadline)));
        }
        bed.killAndRestartServiceWith(new FailPlan(points, marker.file()));
        List<InFlightJoin> joins = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        for (List<AbortedJoin> together : groups()) {
            Map<AbortedJoin, InFlightJoin> begun = startJoins(bed, together, deadline);
            joins.addAll(begun.values());
            awaitAndAct(bed, marker, begun)
                    .forEach(abortedJoin -> failures.add("the join never was at " + abortedJoin));
        }
        failures.addAll(bed.awaitAndCheck(joins, COMPLETION_TIMEOUT, SETTLE_TIMEOUT));
        bed.killAndRestartService();
        return new Findings(name(), failures)
                .with("joins", joins.size())
                .with("steps", StepNames.OF_A_JOIN.size())
                .with("causes", AbortCause.values().length);
    }

    /** Returns the joins that begin together: all with the early deadline, then those of each cause. */
    private static List<List<AbortedJoin>> groups() {
        List<List<AbortedJoin>> groups = new ArrayList<>();
        groups.add(Stream.of(AbortCause.values())
                .flatMap(cause -> abortedJoins(cause).stream())
                .filter(AbortedJoin::endsByDeadline)
                .toList());
        for (AbortCause cause : AbortCause.values()) {
            groups.add(abortedJoins(cause).stream()
                    .filter(abortedJoin -> !abortedJoin.endsByDeadline())
                    .toList());
        }
        return groups;
    }

    private static List<AbortedJoin> abortedJoins(AbortCause cause) {
        return StepNames.OF_A_JOIN.stream()
                .map(step -> new AbortedJoin(cause, step, StepNames.toNodeNamePart(cause.name() + "-" + step)))
                .toList();
    }

    private static Map<AbortedJoin, InFlightJoin> startJoins(
            ChaosBed bed, List<AbortedJoin> attempts, Instant deadline) {
        Map<AbortedJoin, InFlightJoin> begun = new LinkedHashMap<>();
        for (AbortedJoin abortedJoin : attempts) {
            ExpectedOutcome expected = abortedJoin.cause().course(abortedJoin.step());
            begun.put(
                    abortedJoin,
                    bed.begin(
                            abortedJoin.node(),
                            abortedJoin.step(),
                            expected,
                            abortedJoin.endsByDeadline() ? deadline : null));
        }
        return begun;
    }

    /** Acts on each join once it is at its step; returns those that never reached it. */
    private static Set<AbortedJoin> awaitAndAct(
            ChaosBed bed, FailPointMarker marker, Map<AbortedJoin, InFlightJoin> begun) {
        Map<AbortedJoin, InFlightJoin> waiting = new LinkedHashMap<>(begun);
        Await.until(FAIL_POINT_TIMEOUT, () -> {
            List<String> fired = marker.lines();
            waiting.entrySet()
                    .removeIf(entry -> fired.stream()
                                    .anyMatch(line ->
                                            line.endsWith(" " + entry.getKey().workflow()))
                            && entry.getKey().cause().act(bed, entry.getValue()));
            return waiting.isEmpty();
        });
        return waiting.keySet();
    }
}
