package io.nodejoin.cli;

import java.time.Duration;

/** Durations as people say them, with two units at most. */
final class Elapsed {
    private Elapsed() {}

    static String format(Duration duration) {
        Duration positive = duration.isNegative() ? Duration.ZERO : duration;
        if (positive.toDays() > 0) {
            return positive.toDays() + "d" + positive.toHoursPart() + "h";
        }
        if (positive.toHours() > 0) {
            return positive.toHours() + "h" + positive.toMinutesPart() + "m";
        }
        if (positive.toMinutes() > 0) {
            return positive.toMinutes() + "m" + positive.toSecondsPart() + "s";
        }
        return positive.toSeconds() + "s";
    }
}
