package io.nodejoin.testbed.chaos;

import io.nodejoin.testbed.faults.Cut;
import io.nodejoin.testbed.faults.FailAction;
import io.nodejoin.testbed.faults.FailPlan;
import io.nodejoin.testbed.faults.FailPoint;
import io.nodejoin.testbed.faults.Marker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Every activity and every call to Temporal is carried out and its answer lost, once each; then the same before the effect. A step that each
 * join passes by, because of what it has lost before, is lost alone by joins of its own.
 */
final class LostAnswers implements Experiment {
    private static final List<Course> COURSES = List.of(Course.SOUND, Course.BROKEN, Course.UNWANTED);
    private static final int OF_EACH_COURSE = 2;
    private static final Duration ENDS = Duration.ofMinutes(5);

    @Override
    public String name() {
        return "lost answers";
    }

    @Override
    public Findings run(ChaosBed bed, Scale scale) {
        SequencedMap<String, Number> figures = new LinkedHashMap<>();
        List<String> failures = new ArrayList<>();
        for (Cut cut : scale.whole() ? List.of(Cut.AFTER, Cut.BEFORE) : List.of(Cut.AFTER)) {
            String when = cut == Cut.AFTER ? "after" : "before";
            List<String> lines =
                    lose(bed, List.of(FailPoint.errorOnceEach(cut)), "lost-" + when, OF_EACH_COURSE, failures);
            List<String> passedBy = missing(lines);
            if (!passedBy.isEmpty()) {
                List<FailPoint> alone = passedBy.stream()
                        .map(step -> FailPoint.first(step, cut, FailAction.ERROR, ""))
                        .toList();
                lines.addAll(lose(bed, alone, "lost-alone-" + when, 1, failures));
            }
            figures.put("errors " + when + " the effect", lines.size());
            figures.put(
                    "steps that failed " + when + " their effect", steps(lines).size());
            missing(lines).forEach(step -> failures.add(step + " never failed " + when + " its effect"));
        }
        bed.serve();
        return new Findings(name(), figures, failures);
    }

    /** Returns a line for each error. */
    private static List<String> lose(
            ChaosBed bed, List<FailPoint> points, String name, int ofEachCourse, List<String> failures) {
        Marker marker = bed.marker();
        bed.serveFailing(new FailPlan(points, marker.file()));
        failures.addAll(bed.finish(bed.joins(COURSES, name, ofEachCourse), ENDS));
        return new ArrayList<>(marker.lines());
    }

    private static Set<String> steps(List<String> lines) {
        return lines.stream().map(FailPoint::stepOf).collect(Collectors.toSet());
    }

    private static List<String> missing(List<String> lines) {
        Set<String> failed = steps(lines);
        return Cell.steps().stream().filter(step -> !failed.contains(step)).toList();
    }
}
