package io.nodejoin.testbed.chaos;

import io.nodejoin.testbed.process.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Many joins at once, undisturbed, and as many while the service is killed twice: what the deaths cost. */
final class Storm implements Experiment {
    private static final int JOINS = 30;
    private static final int ALL_JOINS = 100;
    private static final int KILLS = 2;
    private static final Duration ENDS = Duration.ofMinutes(5);

    @Override
    public String name() {
        return "storm";
    }

    @Override
    public Findings run(ChaosBed bed, Scale scale) {
        int joins = scale.whole() ? ALL_JOINS : JOINS;
        List<String> failures = new ArrayList<>();
        double calm = seconds(bed, "calm", joins, 0, failures);
        double killed = seconds(bed, "killed", joins, KILLS, failures);
        Map<String, Number> figures = new LinkedHashMap<>();
        figures.put("joins", joins);
        figures.put("seconds undisturbed", calm);
        figures.put("seconds with " + KILLS + " kills of the service", killed);
        figures.put("ratio", killed / calm);
        return new Findings(name(), figures, failures);
    }

    /** A kill comes when a third, and when two thirds, of the joins have ended. */
    private static double seconds(ChaosBed bed, String name, int number, int kills, List<String> failures) {
        List<Going> joins = new ArrayList<>();
        long begin = System.nanoTime();
        for (int i = 0; i < number; i++) {
            joins.add(bed.join("storm-" + name + "-" + i, Course.SOUND));
        }
        for (int kill = 1; kill <= kills; kill++) {
            int soFar = number * kill / (kills + 1);
            Waiting.until(ENDS, () -> bed.ends().of(joins).size() >= soFar);
            bed.serve();
        }
        Waiting.until(ENDS, () -> bed.ends().of(joins).size() == number);
        double seconds = (System.nanoTime() - begin) / 1e9;
        failures.addAll(bed.finish(joins, ENDS));
        return seconds;
    }
}
