package io.nodejoin.protocol.hostile;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Checks a property of a parser over many mutations. {@code -Dnodejoin.fuzz.rounds} says how many, and
 * {@code -Dnodejoin.fuzz.seed} repeats a run. A round that fails names the seed with which it is the first one.
 */
public final class Fuzzing {
    private static final int ROUNDS = Integer.getInteger("nodejoin.fuzz.rounds", 3_000);
    private static final long SEED =
            Long.getLong("nodejoin.fuzz.seed", ThreadLocalRandom.current().nextInt());
    /** Generous: the machine may be busy, and what is not bounded takes minutes. */
    private static final long LONGEST_ROUND = Duration.ofSeconds(10).toNanos();

    private Fuzzing() {}

    /** What holds of a parser for whatever the mutator makes. */
    @FunctionalInterface
    public interface Property {
        void check(Mutator mutator) throws Exception;
    }

    /** Checks the property again and again. */
    public static void check(String target, Property property) {
        System.out.println("fuzzing " + target + ": seed " + SEED + ", " + ROUNDS + " rounds");
        for (int round = 0; round < ROUNDS; round++) {
            long seed = SEED + round;
            long start = System.nanoTime();
            try {
                property.check(new Mutator(new Random(seed)));
            } catch (Exception | Error e) {
                throw new AssertionError(
                        target + ", to repeat: -Dnodejoin.fuzz.seed=" + seed + " -Dnodejoin.fuzz.rounds=1: " + e, e);
            }
            if (System.nanoTime() - start > LONGEST_ROUND) {
                throw new AssertionError(target + " takes too long with seed " + seed);
            }
        }
    }
}
