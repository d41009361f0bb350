package io.nodejoin.testbed.chaos;

import io.nodejoin.protocol.event.JoinSucceeded;
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

/** Kills all components at once while joins run, waits for a while, and restarts them in different orders. */
final class TotalOutage implements Experiment {
    private static final Duration COMPLETION_TIMEOUT = Duration.ofMinutes(8);
    private static final int ORDERS = 2;
    private static final int ALL_ORDERS = 6;
    /** More would take longer than their joins may. */
    private static final int JOINS_PER_ORDER = 2;

    private static final int JOINS = 50;
    private static final int MAX_GAP_MILLIS = 200;
    private static final Duration OUTAGE = Duration.ofSeconds(30);
    private static final Duration LONG_OUTAGE = Duration.ofMinutes(2);

    /** A component that is restarted. */
    enum Component {
        SERVICE,
        KAFKA,
        CONTROL_PLANE,
        TEMPORAL;

        private void start(TestBed testBed) {
            switch (this) {
                case SERVICE -> testBed.service().launch();
                case KAFKA -> testBed.kafka().start();
                case CONTROL_PLANE -> testBed.controlPlane().start();
                case TEMPORAL -> testBed.temporal().start();
            }
        }
    }

    @Override
    public String name() {
        return "all down";
    }

    @Override
    public Findings run(ChaosBed bed, Scale scale) {
        Random seededRandom = scale.randomFor(name());
        KillSchedule schedule = new KillSchedule(bed.outcomes()::of);
        List<InFlightJoin> joins = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        SequencedMap<String, Number> figures = new LinkedHashMap<>();
        List<List<Component>> orders = drawOrders(scale.full() ? ALL_ORDERS : ORDERS, seededRandom);
        for (int i = 0; i < orders.size(); i += JOINS_PER_ORDER) {
            List<InFlightJoin> begun = new ArrayList<>();
            for (List<Component> order : orders.subList(i, i + JOINS_PER_ORDER)) {
                List<InFlightJoin> fresh = startJoins(bed, "down-" + (joins.size() + begun.size()), seededRandom);
                begun.addAll(fresh);
                Duration down = timed(() -> {
                    schedule.inject("the death of all", fresh, () -> killAll(bed.testBed()));
                    ChaosBed.waitFor(scale.full() ? LONG_OUTAGE : OUTAGE);
                    order.forEach(part -> part.start(bed.testBed()));
                    bed.testBed().service().start();
                });
                figures.put("seconds down in the order " + order, down.toSeconds());
            }
            failures.addAll(bed.awaitAndCheck(begun, COMPLETION_TIMEOUT));
            joins.addAll(begun);
        }
        failures.addAll(schedule.failures());
        figures.put("joins", joins.size());
        figures.put(
                "joins that succeeded all the same",
                bed.outcomes().of(joins).stream()
                        .filter(JoinSucceeded.class::isInstance)
                        .count());
        return new Findings(name(), figures, failures);
    }

    private static Duration timed(Runnable task) {
        long begin = System.nanoTime();
        task.run();
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    private static List<InFlightJoin> startJoins(ChaosBed bed, String name, Random seededRandom) {
        List<InFlightJoin> joins = new ArrayList<>();
        for (int i = 0; i < JOINS; i++) {
            joins.add(bed.bootAndRequest(name + "-" + i, i % 3 == 2 ? ExpectedOutcome.FAILURE : ExpectedOutcome.SUCCESS)
                    .withAnyOutcome());
            ChaosBed.waitFor(Duration.ofMillis(seededRandom.nextInt(MAX_GAP_MILLIS)));
        }
        return joins;
    }

    private static void killAll(TestBed testBed) {
        List.of(
                        testBed.service().process(),
                        testBed.controlPlane().apiServer(),
                        testBed.controlPlane().controllerManager(),
                        testBed.temporal().process(),
                        testBed.kafka().process())
                .forEach(SupervisedProcess::kill);
    }

    /**
     * Distinct restart orders. In the first one the service starts first and Temporal last, so that all agents
     * reconnect while Temporal is down.
     */
    static List<List<Component>> drawOrders(int number, Random seededRandom) {
        Set<List<Component>> orders = new LinkedHashSet<>();
        orders.add(List.of(Component.values()));
        while (orders.size() < number) {
            List<Component> order = new ArrayList<>(List.of(Component.values()));
            Collections.shuffle(order, seededRandom);
            orders.add(order);
        }
        return List.copyOf(orders);
    }
}
