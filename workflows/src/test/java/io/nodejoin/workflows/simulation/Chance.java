package io.nodejoin.workflows.simulation;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/** All chance of one run; it comes of the seed alone. */
final class Chance {
    private final SplittableRandom random;
    private final SplittableRandom ties;

    Chance(long seed) {
        random = new SplittableRandom(seed);
        ties = random.split();
    }

    int tie() {
        return ties.nextInt();
    }

    boolean percent(int percent) {
        return percent > 0 && random.nextInt(100) < percent;
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    Duration between(Duration low, Duration high) {
        return Duration.ofMillis(random.nextLong(low.toMillis(), high.toMillis() + 1));
    }

    Duration millis(int low, int high) {
        return between(Duration.ofMillis(low), Duration.ofMillis(high));
    }

    Duration seconds(int low, int high) {
        return between(Duration.ofSeconds(low), Duration.ofSeconds(high));
    }

    <T> T oneOf(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    /** Text of the digits and letters that Kubernetes takes for names. */
    String text(int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append("abcdefghijklmnopqrstuvwxyz0123456789".charAt(random.nextInt(36)));
        }
        return text.toString();
    }
}
