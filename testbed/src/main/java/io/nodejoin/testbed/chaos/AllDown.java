package io.nodejoin.testbed.chaos;

import io.nodejoin.protocol.join.JoinSucceeded;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.process.SupervisedProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Everything dies at once while joins are under way, stays away for a while, and comes back in different orders. */
final class AllDown implements Experiment {
    private static final Duration ENDS = Duration.ofMinutes(8);
    private static final int ORDERS = 2;
    private static final int ALL_ORDERS = 6;
    private static final int JOINS = 50;
    private static final int BETWEEN_MILLIS = 200;
    private static final Duration AWAY = Duration.ofSeconds(30);
    private static final Duration LONG_AWAY = Duration.ofMinutes(2);

    @Override
    public String name() {
        return "all down";
    }

    @Override
    public Findings run(ChaosBed bed, Scale scale) {
        Random lots = scale.lots(name());
        List<Going> joins = new ArrayList<>();
        Map<String, Number> figures = new LinkedHashMap<>();
        int orders = scale.whole() ? ALL_ORDERS : ORDERS;
        for (int order = 0; order < orders; order++) {
            for (int i = 0; i < JOINS; i++) {
                joins.add(bed.join("down-" + order + "-" + i, i % 3 == 2 ? Course.BROKEN : Course.SOUND)
                        .doomed());
                ChaosBed.letPass(Duration.ofMillis(lots.nextInt(BETWEEN_MILLIS)));
            }
            long begin = System.nanoTime();
            die(bed.parts());
            ChaosBed.letPass(scale.whole() ? LONG_AWAY : AWAY);
            List<Runnable> starts = starts(bed.parts());
            if (order > 0) {
                Collections.shuffle(starts, lots);
            }
            starts.forEach(Runnable::run);
            bed.parts().service().start();
            figures.put("seconds down in order " + order, (System.nanoTime() - begin) / 1_000_000_000);
        }
        List<String> failures = bed.finish(joins, ENDS);
        figures.put("joins", joins.size());
        figures.put(
                "joins that succeeded all the same",
                bed.ends().of(joins).stream()
                        .filter(JoinSucceeded.class::isInstance)
                        .count());
        return new Findings(name(), figures, failures);
    }

    private static void die(TestBed parts) {
        List.of(
                        parts.service().process(),
                        parts.controlPlane().apiServer(),
                        parts.controlPlane().controllerManager(),
                        parts.temporal().process(),
                        parts.kafka().process())
                .forEach(SupervisedProcess::kill);
    }

    /** The service first and Temporal last: so all agents are back at the service, and Temporal is asked for all of them at once. */
    private static List<Runnable> starts(TestBed parts) {
        return new ArrayList<>(List.of(
                parts.service()::launch, parts.kafka()::start, parts.controlPlane()::start, parts.temporal()::start));
    }
}
