package io.nodejoin.testbed.chaos;

import io.nodejoin.testbed.door.ApiDoor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Every kind of call of the service to the API server is refused in every way that such a call can be: its answer lost, 429, 409, 410,
 * 500, 503, 504. The joins come out as if it had not been.
 */
final class Refusals implements Experiment {
    private static final int OF_EACH_COURSE = 3;
    private static final int OF_EACH_COURSE_LONG = 12;
    private static final Duration ENDS = Duration.ofMinutes(6);

    /** What each join does that has a token; a run in which one of these was never refused has shown nothing. */
    private static final List<String> CALLS = List.of(
            "POST secrets",
            "DELETE secrets",
            "PUT certificatesigningrequests/approval",
            "DELETE nodes",
            "WATCH certificatesigningrequests");

    @Override
    public String name() {
        return "refusals";
    }

    @Override
    public Findings run(ChaosBed bed, Scale scale) {
        try (ApiDoor door = bed.behindDoor()) {
            door.refuse();
            List<Going> joins = bed.joinsOfEachCourse("refused", scale.whole() ? OF_EACH_COURSE_LONG : OF_EACH_COURSE);
            List<String> failures = new ArrayList<>(bed.finish(joins, ENDS));
            Map<String, Integer> refused = door.refused();
            CALLS.stream()
                    .filter(call -> refused.keySet().stream().noneMatch(met -> met.startsWith(call + ":")))
                    .forEach(call -> failures.add("no " + call + " was refused"));
            return new Findings(name(), figures(joins, refused), failures);
        } catch (IOException e) {
            throw new UncheckedIOException("the door to the API server does not close", e);
        } finally {
            bed.directly();
        }
    }

    private static Map<String, Number> figures(List<Going> joins, Map<String, Integer> refused) {
        Map<String, Number> figures = new LinkedHashMap<>();
        figures.put("joins", joins.size());
        figures.put(
                "kinds of call",
                refused.keySet().stream()
                        .map(met -> met.split(":", 2)[0])
                        .distinct()
                        .count());
        figures.put(
                "refusals",
                refused.values().stream().mapToInt(Integer::intValue).sum());
        figures.putAll(refused);
        return figures;
    }
}
