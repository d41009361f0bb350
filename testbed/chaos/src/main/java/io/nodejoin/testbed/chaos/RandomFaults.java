package io.nodejoin.testbed.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Starts some joins at a time and injects one fault at a random time after their start. */
final class RandomFaults {
    private static final int JOINS = 3;
    private static final int MAX_DELAY_MILLIS = 2_500;

    private final ChaosBed bed;
    private final Random seededRandom;
    private final KillSchedule schedule;
    private final List<InFlightJoin> joins = new ArrayList<>();

    RandomFaults(ChaosBed bed, Random seededRandom) {
        this.bed = bed;
        this.seededRandom = seededRandom;
        this.schedule = new KillSchedule(bed.outcomes()::of);
    }

    /** Begins joins, the first of which cannot succeed, and strikes; returns when the fault is over. */
    void startJoinsAndInject(String name, Runnable fault) {
        for (int i = 0; i < JOINS; i++) {
            joins.add(bed.bootAndRequest(name + "-" + i, i == 0 ? ExpectedOutcome.FAILURE : ExpectedOutcome.SUCCESS));
        }
        ChaosBed.waitFor(Duration.ofMillis(seededRandom.nextInt(MAX_DELAY_MILLIS)));
        schedule.inject(name, joins, fault);
    }

    /**
     * Waits for the outcomes of all joins, see {@link ChaosBed#awaitAndCheck}; returns the violations, and the faults
     * that did not work.
     */
    List<String> awaitAndCheck(Duration limit) {
        List<String> failures = new ArrayList<>(schedule.failures());
        failures.addAll(bed.awaitAndCheck(joins, limit));
        return failures;
    }

    List<InFlightJoin> joins() {
        return List.copyOf(joins);
    }
}
