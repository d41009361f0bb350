package io.nodejoin.testbed.chaos;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * The findings of one experiment.
 *
 * @param figures in the order of the report
 * @param failures each complete: what was done, what was expected, what happened
 */
public record Findings(String experiment, SequencedMap<String, Number> figures, List<String> failures) {
    public Findings {
        figures = new LinkedHashMap<>(figures);
        failures = List.copyOf(failures);
    }

    /** Without any figure yet. */
    Findings(String experiment, List<String> failures) {
        this(experiment, new LinkedHashMap<>(), failures);
    }

    /** Returns a copy with one more figure, the last one. */
    Findings with(String figure, Number value) {
        SequencedMap<String, Number> more = new LinkedHashMap<>(figures);
        more.put(figure, value);
        return new Findings(experiment, more, failures);
    }
}
