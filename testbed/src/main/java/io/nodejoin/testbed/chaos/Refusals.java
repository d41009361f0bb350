package io.nodejoin.testbed.chaos;

import io.nodejoin.testbed.door.ApiDoor;
import io.nodejoin.testbed.process.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Every kind of call of the service to the API server is refused in every way that such a call can be: its answer lost, carried out when
 * nobody waits for it any more, 429, 409, 410, 500, 503, 504. There are joins until each kind that was met has met all that a call of it can. They come out as if it had not been.
 */
final class Refusals implements Experiment {
    /** A call that each join of a course makes once is refused twice for each: so it meets more than the seven that there are. */
    private static final int OF_EACH_COURSE = 4;

    private static final int OF_EACH_COURSE_LONG = 12;
    private static final int MOST_BATCHES = 8;
    private static final Duration ENDS = Duration.ofMinutes(6);

    /** What joins do that have a token. Whatever else the service asks is refused as it comes, and need not come. */
    private static final List<String> CALLS = List.of(
            "POST secrets",
            "DELETE secrets",
            "PUT configmaps",
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
            List<Going> joins = joinsUntilAllIsRefused(bed, door, scale);
            List<String> failures = new ArrayList<>(bed.finish(joins, ENDS));
            missing(door).forEach(missing -> failures.add("never met: " + missing));
            return new Findings(name(), figures(joins, door.refused()), failures);
        } catch (IOException e) {
            throw new UncheckedIOException("the door to the API server does not close", e);
        } finally {
            bed.directly();
        }
    }

    /** By one service: another one would have to wait for the janitor's lease, of which calls come seldom enough. */
    private static List<Going> joinsUntilAllIsRefused(ChaosBed bed, ApiDoor door, Scale scale) {
        int each = scale.whole() ? OF_EACH_COURSE_LONG : OF_EACH_COURSE;
        List<Going> joins = new ArrayList<>();
        for (int batch = 0; batch < MOST_BATCHES && !missing(door).isEmpty(); batch++) {
            joins.addAll(endedJoins(bed, "refused" + batch, each));
        }
        return joins;
    }

    private static List<Going> endedJoins(ChaosBed bed, String name, int each) {
        List<Going> joins = bed.joins(Course.OF_ONE_ATTEMPT, name, each);
        Waiting.until(ENDS, () -> bed.ends().of(joins).size() == joins.size());
        return joins;
    }

    private static List<String> missing(ApiDoor door) {
        Set<String> met = door.refused().keySet();
        Stream<String> never =
                CALLS.stream().filter(call -> met.stream().noneMatch(refused -> refused.startsWith(call + ":")));
        return Stream.concat(never, door.missing().stream()).toList();
    }

    private static SequencedMap<String, Number> figures(List<Going> joins, Map<String, Integer> refused) {
        SequencedMap<String, Number> figures = new LinkedHashMap<>();
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
