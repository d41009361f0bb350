package io.nodejoin.testbed.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Joins on a sound cluster: alone, beside joins of another cluster that wait for machines, and beside as many of it while it hangs.
 *
 * @param waiting how many joins of the other cluster were requested just before
 * @param hosts how many joined the sound cluster in each of the rounds
 * @param failedJoins of the sound cluster, in all rounds
 * @param alone seconds of each join without others
 * @param besideWaiting seconds of each join while the other cluster answered
 * @param besideHung seconds of each join while it did not
 */
record HungClusterResult(
        int waiting, int hosts, int failedJoins, Samples alone, Samples besideWaiting, Samples besideHung)
        implements BenchBed.Report {
    private static final double P95 = 0.95;
    private static final double LIMIT = 1.5;

    static HungClusterResult of(
            int waiting, List<StormOutcomes> alone, List<StormOutcomes> besideWaiting, List<StormOutcomes> besideHung) {
        int failed = Stream.of(alone, besideWaiting, besideHung)
                .flatMap(List::stream)
                .mapToInt(outcomes -> outcomes.failed().size())
                .sum();
        return new HungClusterResult(
                waiting,
                alone.getFirst().succeeded().size(),
                failed,
                samples(alone),
                samples(besideWaiting),
                samples(besideHung));
    }

    private static Samples samples(List<StormOutcomes> rounds) {
        return new Samples(rounds.stream()
                .flatMap(outcomes -> outcomes.succeeded().values().stream())
                .toList());
    }

    /** Returns what the other cluster's silence costs: its joins themselves cost processor time in any case. */
    @JsonProperty
    double ratio() {
        return besideHung.quantile(P95) / besideWaiting.quantile(P95);
    }

    /** Returns what the other cluster's joins and its silence cost together. */
    @JsonProperty
    double ratioToAlone() {
        return besideHung.quantile(P95) / alone.quantile(P95);
    }

    @Override
    public String text() {
        return String.format(
                Locale.ROOT,
                """
                %d hosts at once, alone: median %.1f s, p95 %.1f s
                beside %d joins of another cluster: median %.1f s, p95 %.1f s
                while it hangs: median %.1f s, p95 %.1f s; ratio of p95 %.2f, to alone %.2f; %d failed
                """,
                hosts,
                alone.median(),
                alone.quantile(P95),
                waiting,
                besideWaiting.median(),
                besideWaiting.quantile(P95),
                besideHung.median(),
                besideHung.quantile(P95),
                ratio(),
                ratioToAlone(),
                failedJoins);
    }

    @Override
    public List<String> violations() {
        return Stream.of(
                        failedJoins > 0 ? failedJoins + " joins of the sound cluster failed" : "",
                        ratio() > LIMIT
                                ? "the sound cluster's joins take more than " + LIMIT
                                        + " times as long beside a cluster that hangs as beside one that answers"
                                : "")
                .filter(violation -> !violation.isEmpty())
                .toList();
    }
}
