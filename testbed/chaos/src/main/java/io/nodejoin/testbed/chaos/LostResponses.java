package io.nodejoin.testbed.chaos;

import io.nodejoin.testbed.failpoint.FailAction;
import io.nodejoin.testbed.failpoint.FailPlan;
import io.nodejoin.testbed.failpoint.FailPoint;
import io.nodejoin.testbed.failpoint.FailPointMarker;
import io.nodejoin.testbed.failpoint.FailPosition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Executes every activity and every call to Temporal and loses its response, once each; then fails each before its
 * effect. A step that joins skip because of an earlier loss gets joins of its own.
 */
final class LostResponses implements Experiment {
    private static final List<ExpectedOutcome> OUTCOMES =
            List.of(ExpectedOutcome.SUCCESS, ExpectedOutcome.FAILURE, ExpectedOutcome.CANCELLATION);
    private static final int JOINS_PER_OUTCOME = 2;
    private static final Duration COMPLETION_TIMEOUT = Duration.ofMinutes(5);

    @Override
    public String name() {
        return "lost answers";
    }

    @Override
    public Findings run(ChaosBed bed, Scale scale) {
        SequencedMap<String, Number> figures = new LinkedHashMap<>();
        List<String> failures = new ArrayList<>();
        for (FailPosition position :
                scale.full() ? List.of(FailPosition.AFTER, FailPosition.BEFORE) : List.of(FailPosition.AFTER)) {
            String when = position == FailPosition.AFTER ? "after" : "before";
            List<String> lines = loseResponses(
                    bed, List.of(FailPoint.errorOnceEach(position)), "lost-" + when, JOINS_PER_OUTCOME, failures);
            List<String> passedBy = missing(lines);
            if (!passedBy.isEmpty()) {
                List<FailPoint> alone = passedBy.stream()
                        .map(step -> FailPoint.first(step, position, FailAction.ERROR, ""))
                        .toList();
                lines.addAll(loseResponses(bed, alone, "lost-alone-" + when, 1, failures));
            }
            figures.put("errors " + when + " the effect", lines.size());
            figures.put(
                    "steps that failed " + when + " their effect", steps(lines).size());
            missing(lines).forEach(step -> failures.add(step + " never failed " + when + " its effect"));
        }
        bed.killAndRestartService();
        return new Findings(name(), figures, failures);
    }

    /** Returns a line for each error. */
    private static List<String> loseResponses(
            ChaosBed bed, List<FailPoint> points, String name, int ofEachCourse, List<String> failures) {
        FailPointMarker marker = bed.newMarker();
        bed.killAndRestartServiceWith(new FailPlan(points, marker.file()));
        failures.addAll(bed.awaitAndCheck(bed.bootAndRequestAll(OUTCOMES, name, ofEachCourse), COMPLETION_TIMEOUT));
        return new ArrayList<>(marker.lines());
    }

    private static Set<String> steps(List<String> lines) {
        return lines.stream().map(FailPoint::parseStep).collect(Collectors.toSet());
    }

    private static List<String> missing(List<String> lines) {
        Set<String> failed = steps(lines);
        return KillPoint.steps().stream().filter(step -> !failed.contains(step)).toList();
    }
}
