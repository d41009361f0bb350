package io.nodejoin.workflows.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** The events of a run in order, by virtual time. */
final class EventTrace {
    private final Instant start;
    private final Supplier<Instant> clock;
    private final List<String> lines = new ArrayList<>();

    EventTrace(Instant start, Supplier<Instant> clock) {
        this.start = start;
        this.clock = clock;
    }

    void add(String who, String what) {
        long millis = Duration.between(start, clock.get()).toMillis();
        lines.add(millis + "|" + who + "|" + what);
    }

    List<String> lines() {
        return lines.stream().map(EventTrace::pretty).toList();
    }

    private static String pretty(String line) {
        String[] parts = line.split("\\|", 3);
        return String.format(Locale.ROOT, "%9.3f  %-12s %s", Long.parseLong(parts[0]) / 1000.0, parts[1], parts[2]);
    }
}
