package io.nodejoin.testbed.chaos;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * What one experiment found.
 *
 * @param figures in the order in which they are told
 * @param failures each a whole story: what was done, what should have been, what was
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

    /** The same with one more figure, which is told last. */
    Findings with(String figure, Number value) {
        SequencedMap<String, Number> more = new LinkedHashMap<>(figures);
        more.put(figure, value);
        return new Findings(experiment, more, failures);
    }
}
