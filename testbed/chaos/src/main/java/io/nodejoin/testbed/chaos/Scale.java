package io.nodejoin.testbed.chaos;

import java.util.Random;

/**
 * The scale of an experiment.
 *
 * @param full whether every kill point is run, instead of a sample drawn by the seed
 */
public record Scale(boolean full, long seed) {

    /** Returns the random numbers of one experiment, which depend only on the seed. */
    Random randomFor(String experiment) {
        return new Random(seed ^ experiment.hashCode());
    }
}
