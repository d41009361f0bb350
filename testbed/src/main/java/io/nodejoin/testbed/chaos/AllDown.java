package io.nodejoin.testbed.chaos;

import io.nodejoin.protocol.join.JoinSucceeded;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.process.SupervisedProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.SequencedMap;
import java.util.Set;

/** Everything dies at once while joins are under way, stays away for a while, and comes back in different orders. */
final class AllDown implements Experiment {
    private static final Duration ENDS = Duration.ofMinutes(8);
    private static final int ORDERS = 2;
    private static final int ALL_ORDERS = 6;
    /** So many follow on each other. More would take longer than their joins may. */
    private static final int TOGETHER = 2;

    private static final int JOINS = 50;
    private static final int BETWEEN_MILLIS = 200;
    private static final Duration AWAY = Duration.ofSeconds(30);
    private static final Duration LONG_AWAY = Duration.ofMinutes(2);

    /** What comes back. */
    enum Part {
        SERVICE,
        KAFKA,
        CONTROL_PLANE,
        TEMPORAL;

        private void start(TestBed parts) {
            switch (this) {
                case SERVICE -> parts.service().launch();
                case KAFKA -> parts.kafka().start();
                case CONTROL_PLANE -> parts.controlPlane().start();
                case TEMPORAL -> parts.temporal().start();
            }
        }
    }

    @Override
    public String name() {
        return "all down";
    }

    @Override
    public Findings run(ChaosBed bed, Scale scale) {
        Random lots = scale.lots(name());
        Blows blows = new Blows(bed.ends()::of);
        List<Going> joins = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        SequencedMap<String, Number> figures = new LinkedHashMap<>();
        List<List<Part>> orders = orders(scale.whole() ? ALL_ORDERS : ORDERS, lots);
        for (int i = 0; i < orders.size(); i += TOGETHER) {
            List<Going> begun = new ArrayList<>();
            for (List<Part> order : orders.subList(i, i + TOGETHER)) {
                List<Going> fresh = begin(bed, "down-" + (joins.size() + begun.size()), lots);
                begun.addAll(fresh);
                Duration down = timed(() -> {
                    blows.strike("the death of all", fresh, () -> die(bed.parts()));
                    ChaosBed.letPass(scale.whole() ? LONG_AWAY : AWAY);
                    order.forEach(part -> part.start(bed.parts()));
                    bed.parts().service().start();
                });
                figures.put("seconds down in the order " + order, down.toSeconds());
            }
            failures.addAll(bed.finish(begun, ENDS));
            joins.addAll(begun);
        }
        failures.addAll(blows.failures());
        figures.put("joins", joins.size());
        figures.put(
                "joins that succeeded all the same",
                bed.ends().of(joins).stream()
                        .filter(JoinSucceeded.class::isInstance)
                        .count());
        return new Findings(name(), figures, failures);
    }

    private static Duration timed(Runnable task) {
        long begin = System.nanoTime();
        task.run();
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    private static List<Going> begin(ChaosBed bed, String name, Random lots) {
        List<Going> joins = new ArrayList<>();
        for (int i = 0; i < JOINS; i++) {
            joins.add(bed.join(name + "-" + i, i % 3 == 2 ? Course.BROKEN : Course.SOUND)
                    .doomed());
            ChaosBed.letPass(Duration.ofMillis(lots.nextInt(BETWEEN_MILLIS)));
        }
        return joins;
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

    /**
     * As many orders, all different. In the first one the service comes first and Temporal last: so all agents are back at the service, and
     * Temporal is asked for all of them at once.
     */
    static List<List<Part>> orders(int number, Random lots) {
        Set<List<Part>> orders = new LinkedHashSet<>();
        orders.add(List.of(Part.values()));
        while (orders.size() < number) {
            List<Part> order = new ArrayList<>(List.of(Part.values()));
            Collections.shuffle(order, lots);
            orders.add(order);
        }
        return List.copyOf(orders);
    }
}
