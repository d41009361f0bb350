package io.nodejoin.activities.kubernetes.clusterinfo;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** Waits between attempts to write an object that others write as well. */
@FunctionalInterface
public interface ConflictPause {
    /** The longest pause after the first conflict; it doubles with each further one. */
    Duration FIRST_PAUSE = Duration.ofMillis(10);

    /** The longest pause. */
    Duration MAX_PAUSE = Duration.ofMillis(160);

    /**
     * Waits before the next attempt.
     *
     * @param conflicts number of conflicts in a row, from 1
     */
    void await(int conflicts);

    /** Creates pauses of random length, so that two writers that have met do not meet again and again. */
    static ConflictPause random(RandomGenerator random, Consumer<Duration> sleeper) {
        return conflicts -> {
            long max = Math.min(FIRST_PAUSE.toNanos() << Math.min(conflicts - 1, 8), MAX_PAUSE.toNanos());
            sleeper.accept(Duration.ofNanos(random.nextLong(max)));
        };
    }
}
