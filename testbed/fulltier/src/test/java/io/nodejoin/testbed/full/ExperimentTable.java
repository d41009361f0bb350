package io.nodejoin.testbed.full;

import io.nodejoin.testbed.full.ResultFiles.Newest;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The newest results of the chaos experiments. */
final class ExperimentTable {
    private static final Map<String, Function<Figures, String>> WORDS = Map.ofEntries(
            Map.entry("service kills", ExperimentTable::kills),
            Map.entry("kafka kills", ExperimentTable::kills),
            Map.entry("temporal kills", ExperimentTable::kills),
            Map.entry("lost answers", ExperimentTable::lostAnswers),
            Map.entry("refusals", ExperimentTable::refusals),
            Map.entry("compensation", ExperimentTable::compensation),
            Map.entry("pauses", ExperimentTable::pauses),
            Map.entry("broken links", ExperimentTable::brokenLinks),
            Map.entry("throttled", ExperimentTable::throttled),
            Map.entry("full disks", ExperimentTable::fullDisks),
            Map.entry("all down", ExperimentTable::allDown),
            Map.entry("duplicates", ExperimentTable::duplicates),
            Map.entry("redeliveries", ExperimentTable::redeliveries),
            Map.entry("storm", ExperimentTable::storm),
            Map.entry("wide", ExperimentTable::wide),
            Map.entry("upgrade", ExperimentTable::upgrade));

    private ExperimentTable() {}

    static String of(List<String> experiments, ResultFiles files) {
        return "| experiment | result | seconds | commit | seed |\n|---|---|---|---|---|\n"
                + experiments.stream()
                        .flatMap(name -> files.newest(name).map(newest -> row(name, newest)).stream())
                        .collect(Collectors.joining());
    }

    private static String row(String name, Newest newest) {
        PartResult result = newest.result();
        Figures all = new Figures(ResultFiles.JSON.valueToTree(result.figures()));
        Figures figures = all.of(name);
        String seconds = figures.has("seconds") ? figures.whole("seconds") : "";
        return "| `%s` | %s | %s | %s | %s |\n"
                .formatted(
                        name,
                        result.hasPassed() ? result(name, figures) : broken(result),
                        seconds,
                        Results.shortened(newest.commit()),
                        result.seed() == null ? "" : result.seed());
    }

    private static String result(String name, Figures figures) {
        Function<Figures, String> words = WORDS.get(name);
        if (words == null) {
            throw new IllegalArgumentException("no words for the result of '" + name + "'");
        }
        return words.apply(figures);
    }

    private static String broken(PartResult result) {
        return "**failed**: "
                + String.join("; ", result.reasons()).replace("|", "\\|").replace("\n", " ");
    }

    private static String kills(Figures figures) {
        return "%s joins, hit at %s kill points by %s kills"
                .formatted(figures.whole("joins"), figures.whole("kill points"), figures.whole("kills"));
    }

    private static String lostAnswers(Figures figures) {
        return "%s answers and %s requests lost at %s steps"
                .formatted(
                        figures.whole("errors after the effect"),
                        figures.whole("errors before the effect"),
                        figures.whole("steps that failed after their effect"));
    }

    private static String refusals(Figures figures) {
        return "%s refusals of %s kinds of call of %s joins"
                .formatted(figures.whole("refusals"), figures.whole("kinds of call"), figures.whole("joins"));
    }

    private static String compensation(Figures figures) {
        return "%s joins compensated, from each of %s steps for each of %s causes"
                .formatted(figures.whole("joins"), figures.whole("steps"), figures.whole("causes"));
    }

    private static String pauses(Figures figures) {
        return "%s pauses, %s joins".formatted(figures.whole("pauses"), figures.whole("joins"));
    }

    private static String brokenLinks(Figures figures) {
        return "%s faults on four links, %s joins".formatted(figures.whole("troubles"), figures.whole("joins"));
    }

    private static String throttled(Figures figures) {
        return "%s requests refused, %s a second, of %s joins"
                .formatted(
                        figures.whole("requests refused"),
                        figures.decimals(1, "requests refused a second"),
                        figures.whole("joins"));
    }

    private static String fullDisks(Figures figures) {
        String ends = "ends of ";
        return figures.names(ends).stream()
                .map(name -> ", " + name.substring(ends.length()) + " exited " + figures.whole(name) + " times")
                .collect(Collectors.joining("", figures.whole("joins") + " joins", ""));
    }

    private static String allDown(Figures figures) {
        List<String> orders = figures.names("seconds down in the order ").stream()
                .sorted(Comparator.comparingDouble(figures::number))
                .toList();
        return "%s to %s s without any component, %s joins, of which %s succeeded"
                .formatted(
                        figures.whole(orders.getFirst()),
                        figures.whole(orders.getLast()),
                        figures.whole("joins"),
                        figures.whole("joins that succeeded all the same"));
    }

    private static String duplicates(Figures figures) {
        return "%s records for %s nodes, %s kills of the intake, %s outcomes, %s rejections of unusable records and %s of requests older than one before"
                .formatted(
                        figures.whole("records"),
                        figures.whole("nodes"),
                        figures.whole("deaths of the intake"),
                        figures.whole("outcomes of their newest requests"),
                        figures.whole("rejections"),
                        figures.whole("rejections after a newer request"));
    }

    private static String redeliveries(Figures figures) {
        return "%s writes for one delivery, and %s for 101"
                .formatted(figures.whole("writes of one delivery"), figures.whole("writes of 101 deliveries"));
    }

    private static String wide(Figures figures) {
        return "%s joins, %s faults, %s rebalances; %s agents moved during their joins, %s have certificates of the new agent CA"
                .formatted(
                        figures.whole("joins"),
                        figures.whole("faults"),
                        figures.whole("rebalances of the consumers"),
                        figures.whole("joins of agents that moved to another replica"),
                        figures.whole("agents with a certificate of the new CA"));
    }

    private static String upgrade(Figures figures) {
        return "%s joins, %s replicas replaced".formatted(figures.whole("joins"), figures.whole("replacements"));
    }

    private static String storm(Figures figures) {
        String end = "seconds from a join's end to its token's, after a node's registration";
        return "%s joins at once took %s s, and %s s while the service was killed twice (%s times as long); the p99 of the time from a join's end to its token's is %s s, and %s s with kills"
                .formatted(
                        figures.whole("joins"),
                        figures.whole("seconds undisturbed"),
                        figures.whole("seconds with 2 kills of the service"),
                        figures.decimals(2, "ratio"),
                        figures.decimals(1, end + ", p99"),
                        figures.decimals(1, end + ", with kills, p99"));
    }
}
