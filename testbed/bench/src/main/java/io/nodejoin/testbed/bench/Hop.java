package io.nodejoin.testbed.bench;

import java.time.Duration;
import java.time.Instant;

/**
 * One step of a join, or a moment of it.
 *
 * @param source who tells of it
 */
record Hop(Instant from, Instant to, String source, String what) {

    static Hop moment(Instant at, String source, String what) {
        return new Hop(at, at, source, what);
    }

    Duration took() {
        return Duration.between(from, to);
    }
}
