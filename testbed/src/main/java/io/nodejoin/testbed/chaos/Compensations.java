package io.nodejoin.testbed.chaos;

import io.nodejoin.testbed.demo.HostWish;
import io.nodejoin.testbed.faults.FailPlan;
import io.nodejoin.testbed.faults.FailPoint;
import io.nodejoin.testbed.faults.Marker;
import io.nodejoin.testbed.process.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** At each step of a join each {@link Cause} keeps it from its end: all of it is taken back, by the join itself or by the janitor. */
final class Compensations implements Experiment {
    /** The first joins must come to their steps by then, also while the service starts. */
    private static final Duration DEADLINE = Duration.ofSeconds(90);

    private static final Duration FIRES = Duration.ofSeconds(60);
    private static final Duration ENDS = Duration.ofMinutes(5);
    /** The janitor looks for a late Node until nothing of its join can act any more, 75 s and a sweep. */
    private static final Duration SETTLES = Duration.ofMinutes(2);

    /** One join that comes to nothing. */
    private record Attempt(Cause cause, String step, String node) {
        String workflow() {
            return ChaosBed.workflow(node);
        }
    }

    @Override
    public String name() {
        return "compensation";
    }

    @Override
    public Findings run(ChaosBed bed, Scale scale) {
        Instant deadline = Instant.now().plus(DEADLINE);
        Marker marker = bed.marker();
        List<FailPoint> points = new ArrayList<>();
        for (Cause cause : Cause.values()) {
            attempts(cause).forEach(attempt -> points.add(cause.at(attempt.step(), attempt.workflow(), deadline)));
        }
        bed.serveFailing(new FailPlan(points, marker.file()));
        List<Going> joins = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        for (Cause cause : Cause.values()) {
            Map<Attempt, Going> begun = begin(bed, attempts(cause), deadline);
            joins.addAll(begun.values());
            strike(bed, marker, begun).forEach(attempt -> failures.add("the join never was at " + attempt));
        }
        failures.addAll(bed.finish(joins, ENDS, SETTLES));
        bed.serve();
        return new Findings(name(), failures)
                .with("joins", joins.size())
                .with("steps", Steps.OF_A_JOIN.size())
                .with("causes", Cause.values().length);
    }

    private static List<Attempt> attempts(Cause cause) {
        return Steps.OF_A_JOIN.stream()
                .map(step -> new Attempt(cause, step, Steps.inANodeName(cause.name() + "-" + step)))
                .toList();
    }

    private static Map<Attempt, Going> begin(ChaosBed bed, List<Attempt> attempts, Instant deadline) {
        Map<Attempt, Going> begun = new LinkedHashMap<>();
        for (Attempt attempt : attempts) {
            Course course = attempt.cause().course();
            HostWish wish = bed.boot(attempt.node(), course);
            boolean hurries = attempt.cause().endsByDeadline(attempt.step());
            begun.put(attempt, bed.request(wish, course, hurries ? deadline : null));
        }
        return begun;
    }

    /** Acts on each join once it is where it is to fail; returns those that never came there. */
    private static Set<Attempt> strike(ChaosBed bed, Marker marker, Map<Attempt, Going> begun) {
        Map<Attempt, Going> waiting = new LinkedHashMap<>(begun);
        Waiting.until(FIRES, () -> {
            List<String> fired = marker.lines();
            waiting.entrySet()
                    .removeIf(entry -> fired.stream()
                                    .anyMatch(line ->
                                            line.endsWith(" " + entry.getKey().workflow()))
                            && entry.getKey().cause().strike(bed, entry.getValue()));
            return waiting.isEmpty();
        });
        return waiting.keySet();
    }
}
