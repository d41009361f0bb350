package io.nodejoin.testbed.bench;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How many requests an API server has answered, by its own metric, whoever has sent them.
 *
 * @param byKind by verb and resource, such as {@code PATCH nodes/status}
 */
record ApiRequests(Map<String, Double> byKind) {
    private static final Pattern SERIES = Pattern.compile("apiserver_request_total\\{(.*)} (\\S+)");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");

    ApiRequests {
        byKind = Map.copyOf(byKind);
    }

    /** Reads the text of {@code /metrics}. */
    static ApiRequests parse(String metrics) {
        return new ApiRequests(metrics.lines()
                .map(SERIES::matcher)
                .filter(Matcher::matches)
                .collect(Collectors.toMap(
                        series -> kind(series.group(1)), series -> Double.parseDouble(series.group(2)), Double::sum)));
    }

    private static String kind(String series) {
        Map<String, String> labels = LABEL.matcher(series)
                .results()
                .collect(Collectors.toMap(label -> label.group(1), label -> label.group(2)));
        String part = labels.getOrDefault("subresource", "");
        return labels.getOrDefault("verb", "") + " " + labels.getOrDefault("resource", "")
                + (part.isEmpty() ? "" : "/" + part);
    }

    double total() {
        return byKind.values().stream().mapToDouble(Double::doubleValue).sum();
    }

    ApiRequests minus(ApiRequests other) {
        Map<String, Double> difference = new TreeMap<>(byKind);
        other.byKind.forEach((kind, count) -> difference.merge(kind, -count, Double::sum));
        return new ApiRequests(difference);
    }

    ApiRequests times(double factor) {
        return new ApiRequests(byKind.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue() * factor)));
    }

    /** Those of at least this many, the most frequent first, as words. */
    String mostFrequent(double least) {
        Stream<Map.Entry<String, Double>> frequent = byKind.entrySet().stream()
                .filter(entry -> entry.getValue() >= least)
                .sorted(Map.Entry.<String, Double>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey()));
        return frequent.map(entry -> "%.1f %s".formatted(entry.getValue(), entry.getKey()))
                .collect(Collectors.joining(", "));
    }
}
