package io.nodejoin.testbed.chaos;

import java.util.Random;

/**
 * How much of an experiment is run.
 *
 * @param full whether every cell is run, instead of a sample that differs from seed to seed
 */
public record Scale(boolean full, long seed) {

    /** The lots of one experiment: the same seed draws the same ones. */
    Random randomFor(String experiment) {
        return new Random(seed ^ experiment.hashCode());
    }
}
