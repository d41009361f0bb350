package io.nodejoin.testbed.full;

import java.time.LocalDate;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * What is known of one commit.
 *
 * @param date on which its first part was run
 * @param parts by name, in the order in which they were recorded first
 */
record Results(String commit, LocalDate date, Machine machine, SequencedMap<String, PartResult> parts) {
    private static final int SHORT_COMMIT = 8;

    Results {
        parts = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(parts));
    }

    static Results none(String commit, LocalDate date, Machine machine) {
        return new Results(commit, date, machine, new LinkedHashMap<>());
    }

    /** The same after this part has run, or has run again. */
    Results with(String part, PartResult result) {
        SequencedMap<String, PartResult> more = new LinkedHashMap<>(parts);
        more.put(part, result);
        return new Results(commit, date, machine, more);
    }

    Optional<PartResult> of(String part) {
        return Optional.ofNullable(parts.get(part));
    }

    String fileName() {
        return date + "-" + shortened(commit) + ".json";
    }

    static String shortened(String commit) {
        return commit.substring(0, Math.min(SHORT_COMMIT, commit.length()));
    }
}
