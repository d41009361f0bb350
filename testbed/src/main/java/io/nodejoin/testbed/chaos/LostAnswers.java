package io.nodejoin.testbed.chaos;

import io.nodejoin.testbed.faults.Cut;
import io.nodejoin.testbed.faults.FailPlan;
import io.nodejoin.testbed.faults.FailPoint;
import io.nodejoin.testbed.faults.Marker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Every activity and every call to Temporal is carried out and its answer lost, once each; then the same before the effect. */
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
        Map<String, Number> figures = new LinkedHashMap<>();
        List<String> failures = new ArrayList<>();
        for (Cut cut : scale.whole() ? List.of(Cut.AFTER, Cut.BEFORE) : List.of(Cut.AFTER)) {
            String when = cut == Cut.AFTER ? "after" : "before";
            Marker marker = bed.marker();
            bed.serveFailing(new FailPlan(List.of(FailPoint.errorOnceEach(cut)), marker.file()));
            List<Going> joins = bed.joins(COURSES, "lost-" + when, OF_EACH_COURSE);
            failures.addAll(bed.finish(joins, ENDS));
            List<String> lines = marker.lines();
            Set<String> failed = lines.stream().map(FailPoint::stepOf).collect(Collectors.toSet());
            figures.put("errors " + when + " the effect", lines.size());
            figures.put("steps that failed " + when + " their effect", failed.size());
            Cell.steps().stream()
                    .filter(step -> !failed.contains(step))
                    .forEach(step -> failures.add(step + " never failed " + when + " its effect"));
        }
        bed.serve();
        return new Findings(name(), figures, failures);
    }
}
