package io.nodejoin.testbed.preflight;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** How long a demo will take: what has to be built before, and the demo itself. */
final class Estimate {
    /** Processor seconds that a build takes where none was measured yet. */
    private static final Map<String, Long> WORK =
            Map.of("nodejoin", 200L, "kubernetes", 1_000L, "temporal", 350L, "host", 60L);

    private static final Duration DEMO = Duration.ofSeconds(60);

    private final Durations durations;
    private final int processors;

    Estimate(Durations durations, int processors) {
        this.durations = durations;
        this.processors = processors;
    }

    /**
     * The line for a person.
     *
     * @param builds what has to be built, by the words under which durations are remembered
     * @param demo the word for this kind of demo
     */
    String line(List<String> builds, String demo) {
        Duration run = durations.of(demo, DEMO);
        if (builds.isEmpty()) {
            return "takes about " + readable(run) + " here";
        }
        Map<String, Duration> parts = new LinkedHashMap<>();
        builds.forEach(build -> parts.put(build, durations.of(build, assumed(build))));
        Duration all = parts.values().stream().reduce(run, Duration::plus);
        return "takes about " + readable(all) + " here: building "
                + parts.entrySet().stream()
                        .map(part -> part.getKey() + " " + readable(part.getValue()))
                        .collect(Collectors.joining(", "))
                + " (only the first time), the demo itself " + readable(run);
    }

    private Duration assumed(String build) {
        return Duration.ofSeconds(WORK.getOrDefault(build, 0L) / processors);
    }

    private static String readable(Duration duration) {
        return duration.toSeconds() < 100
                ? duration.toSeconds() + " s"
                : duration.plusSeconds(30).toMinutes() + " min";
    }
}
