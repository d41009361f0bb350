package io.nodejoin.cli.doctor;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Polls a condition: a controller or an informer acts with a delay. */
record Poll(InstantSource clock, Consumer<Duration> pause) {
    private static final Duration INTERVAL = Duration.ofMillis(100);

    /** Returns whether the condition became true in time. */
    boolean until(Duration limit, BooleanSupplier condition) {
        Instant end = clock.instant().plus(limit);
        while (!condition.getAsBoolean()) {
            if (!clock.instant().isBefore(end)) {
                return false;
            }
            pause.accept(INTERVAL);
        }
        return true;
    }
}
