package io.nodejoin.testbed.full;

import io.nodejoin.testbed.full.TestReports.TestCounts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Parts and their results for people. */
final class PartList {
    private PartList() {}

    /** All parts, what each runs, how long it took last time, and how it ended on this commit. */
    static String text(List<Part> parts, Results here, ResultFiles files) {
        StringBuilder text = new StringBuilder(row("PART", Results.shortened(here.commit()), "SECONDS", "WHAT"));
        for (Part part : parts) {
            String seconds = files.newest(part.name())
                    .map(newest -> newest.result().seconds())
                    .map(String::valueOf)
                    .orElse("-");
            String state = here.of(part.name())
                    .map(result -> result.outcome().toString())
                    .orElse("-");
            text.append(row(part.name(), state, seconds, part.what()));
            text.append(row("", "", "", shell(part.command())));
        }
        return text.toString();
    }

    /** As a person would type it. */
    private static String shell(List<String> command) {
        return command.stream()
                .map(word -> word.contains(" ") || word.contains("!") || word.contains("*") ? "'" + word + "'" : word)
                .collect(Collectors.joining(" "));
    }

    private static String row(String part, String state, String seconds, String what) {
        return String.format(Locale.ROOT, "%-18s %-10s %8s  %s%n", part, state, seconds, what);
    }

    /** How one part went, in a line. */
    static String told(PartResult result) {
        StringBuilder line = new StringBuilder(result.outcome().toString());
        if (result.seconds() != null) {
            line.append(" in ").append(result.seconds()).append(" s");
        }
        TestCounts tests = result.tests();
        if (tests != null) {
            line.append(", ")
                    .append(tests.run())
                    .append(" tests, ")
                    .append(tests.skipped())
                    .append(" skipped");
        }
        result.reasons().forEach(reason -> line.append("\n  ! ").append(reason));
        return line.toString();
    }

    /** What is known of the commit by now. */
    static String summary(List<Part> parts, Results results) {
        List<String> lines = new ArrayList<>(List.of(parts.size() + " parts"));
        for (Outcome outcome : Outcome.values()) {
            List<String> names = parts.stream()
                    .map(Part::name)
                    .filter(name -> results.of(name)
                            .filter(result -> result.outcome() == outcome)
                            .isPresent())
                    .toList();
            if (outcome == Outcome.PASSED || !names.isEmpty()) {
                lines.add(names.size() + " " + outcome + (outcome == Outcome.PASSED ? "" : " " + names));
            }
        }
        return String.join(", ", lines);
    }
}
