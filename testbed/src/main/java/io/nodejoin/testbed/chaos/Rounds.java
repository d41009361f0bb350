package io.nodejoin.testbed.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Some joins at a time, and one blow at a moment of theirs that is drawn by lot. */
final class Rounds {
    private static final int JOINS = 3;
    private static final int LATEST_MILLIS = 2_500;

    private final ChaosBed bed;
    private final Random lots;
    private final Blows blows;
    private final List<Going> joins = new ArrayList<>();

    Rounds(ChaosBed bed, Random lots) {
        this.bed = bed;
        this.lots = lots;
        this.blows = new Blows(bed.ends()::of);
    }

    /** Begins joins, the first of which cannot succeed, and strikes; returns when the blow is over. */
    void strike(String name, Runnable blow) {
        for (int i = 0; i < JOINS; i++) {
            joins.add(bed.join(name + "-" + i, i == 0 ? Course.BROKEN : Course.SOUND));
        }
        ChaosBed.letPass(Duration.ofMillis(lots.nextInt(LATEST_MILLIS)));
        blows.strike(name, joins, blow);
    }

    /** Waits for the ends of all joins, see {@link ChaosBed#finish}; returns what is wrong with them or was with a blow. */
    List<String> finish(Duration limit) {
        List<String> failures = new ArrayList<>(blows.failures());
        failures.addAll(bed.finish(joins, limit));
        return failures;
    }

    List<Going> joins() {
        return List.copyOf(joins);
    }
}
