package io.nodejoin.workflows.simulation;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/** The random numbers of one run, determined by its seed. */
final class SeededRandom {
    private final SplittableRandom random;
    private final SplittableRandom ties;

    SeededRandom(long seed) {
        random = new SplittableRandom(seed);
        ties = random.split();
    }

    int nextTieBreaker() {
        return ties.nextInt();
    }

    boolean nextPercent(int percent) {
        return percent > 0 && random.nextInt(100) < percent;
    }

    int nextInt(int bound) {
        return random.nextInt(bound);
    }

    Duration nextDuration(Duration low, Duration high) {
        return Duration.ofMillis(random.nextLong(low.toMillis(), high.toMillis() + 1));
    }

    Duration nextMillis(int low, int high) {
        return nextDuration(Duration.ofMillis(low), Duration.ofMillis(high));
    }

    Duration nextSeconds(int low, int high) {
        return nextDuration(Duration.ofSeconds(low), Duration.ofSeconds(high));
    }

    <T> T pick(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    /** Returns a text of digits and letters that Kubernetes accepts in names. */
    String nextText(int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append("abcdefghijklmnopqrstuvwxyz0123456789".charAt(random.nextInt(36)));
        }
        return text.toString();
    }
}
