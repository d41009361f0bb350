package io.nodejoin.testbed.chaos;

import io.nodejoin.testbed.service.NodejoinService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.SequencedMap;

/**
 * Rolls the replicas of the service back to the version before this one, and forward again, one after the other during joins, so that both
 * versions run beside each other and each goes on with joins that the other has begun. The agents are of this version.
 */
final class RollingUpgrade implements Experiment {
    private static final Duration COMPLETION_TIMEOUT = Duration.ofMinutes(6);
    private static final Duration SETTLE_TIMEOUT = Duration.ofMinutes(2);
    private static final int MAX_DELAY_MILLIS = 2_500;
    private static final int JOINS = 4;
    /** With all replacements more than fifty. */
    private static final int ALL_JOINS = 9;

    /** One replica that takes the place of another. */
    private record Replacement(String name, NodejoinService leaves, NodejoinService comes) {
        /** Returns when the one that comes is ready. */
        void run() {
            leaves.stop();
            comes.start();
        }
    }

    @Override
    public String name() {
        return "upgrade";
    }

    @Override
    public boolean isWide() {
        return true;
    }

    @Override
    public Findings run(ChaosBed bed, Scale scale) {
        Random seededRandom = scale.randomFor(name());
        List<Replacement> replacements = replacements(bed, scale.full());
        KillSchedule schedule = new KillSchedule(bed.outcomes()::of);
        List<InFlightJoin> joins = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        for (Replacement replacement : replacements) {
            MixedJoins begun = MixedJoins.start(bed, "upgrade-" + replacement.name(), scale.full() ? ALL_JOINS : JOINS);
            ChaosBed.waitFor(Duration.ofMillis(seededRandom.nextInt(MAX_DELAY_MILLIS)));
            schedule.inject(replacement.name(), begun.joins(), replacement::run);
            failures.addAll(begun.abortSome(bed));
            joins.addAll(begun.joins());
        }
        failures.addAll(bed.awaitAndCheck(joins, COMPLETION_TIMEOUT, SETTLE_TIMEOUT));
        failures.addAll(schedule.failures());
        SequencedMap<String, Number> figures = new LinkedHashMap<>();
        figures.put("joins", joins.size());
        figures.put("replacements", replacements.size());
        return new Findings(name(), figures, failures);
    }

    /** All replicas back and forward again; without {@code all} only the first one. */
    private static List<Replacement> replacements(ChaosBed bed, boolean all) {
        List<NodejoinService> current = bed.testBed().replicas();
        List<NodejoinService> previous = bed.testBed().replicasOfPreviousVersion();
        int number = all ? current.size() : 1;
        List<Replacement> replacements = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            replacements.add(new Replacement("back-" + (i + 1), current.get(i), previous.get(i)));
        }
        for (int i = 0; i < number; i++) {
            replacements.add(new Replacement("forward-" + (i + 1), previous.get(i), current.get(i)));
        }
        return replacements;
    }
}
