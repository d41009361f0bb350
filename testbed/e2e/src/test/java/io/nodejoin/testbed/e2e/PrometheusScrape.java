package io.nodejoin.testbed.e2e;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The samples of a scrape in Prometheus' text format. */
record PrometheusScrape(String text) {
    private static final Pattern SAMPLE = Pattern.compile("(?m)^([a-z_]+)(?:\\{(.*)})? \\S+$");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    /** The labels of each sample name. */
    Map<String, Set<String>> labels() {
        Map<String, Set<String>> labels = new TreeMap<>();
        SAMPLE.matcher(text)
                .results()
                .forEach(sample -> labels.computeIfAbsent(sample.group(1), _ -> new TreeSet<>())
                        .addAll(names(sample.group(2))));
        return labels;
    }

    long series() {
        return SAMPLE.matcher(text).results().count();
    }

    /** The metrics without a help text. */
    Set<String> withoutHelp() {
        return Pattern.compile("(?m)^# HELP (\\S+) *$")
                .matcher(text)
                .results()
                .map(help -> help.group(1))
                .collect(Collectors.toSet());
    }

    /** The value of the only sample that begins so. */
    double value(String beginning) {
        Matcher sample = Pattern.compile("(?m)^" + Pattern.quote(beginning) + ".* (\\S+)$")
                .matcher(text);
        if (!sample.find()) {
            throw new AssertionError("there is no sample " + beginning + " in\n" + text);
        }
        return Double.parseDouble(sample.group(1));
    }

    private static Set<String> names(String labels) {
        return labels == null
                ? Set.of()
                : LABEL.matcher(labels).results().map(label -> label.group(1)).collect(Collectors.toSet());
    }
}
