package io.nodejoin.testbed.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Joins on a sound cluster, alone and beside a hung one.
 *
 * @param waiting how many joins of the hung cluster were requested just before
 * @param hosts how many joined the sound cluster in each of the rounds
 * @param failedJoins of the sound cluster, in all rounds
 * @param alone seconds of each join without others
 * @param beside seconds of each join while the other cluster did not answer
 */
record HungClusterResult(int waiting, int hosts, int failedJoins, Samples alone, Samples beside)
        implements BenchBed.Report {
    private static final double P95 = 0.95;
    private static final double LIMIT = 1.5;

    static HungClusterResult of(int waiting, List<StormOutcomes> alone, List<StormOutcomes> beside) {
        int failed = Stream.concat(alone.stream(), beside.stream())
                .mapToInt(outcomes -> outcomes.failed().size())
                .sum();
        return new HungClusterResult(
                waiting, alone.getFirst().succeeded().size(), failed, samples(alone), samples(beside));
    }

    private static Samples samples(List<StormOutcomes> rounds) {
        return new Samples(rounds.stream()
                .flatMap(outcomes -> outcomes.succeeded().values().stream())
                .toList());
    }

    @JsonProperty
    double ratio() {
        return beside.quantile(P95) / alone.quantile(P95);
    }

    @Override
    public String text() {
        return String.format(
                Locale.ROOT,
                """
                %d hosts at once, alone: median %.1f s, p95 %.1f s
                beside %d joins of a hung cluster: median %.1f s, p95 %.1f s; ratio of p95 %.2f; %d failed
                """,
                hosts,
                alone.median(),
                alone.quantile(P95),
                waiting,
                beside.median(),
                beside.quantile(P95),
                ratio(),
                failedJoins);
    }

    @Override
    public List<String> violations() {
        return Stream.of(
                        failedJoins > 0 ? failedJoins + " joins of the sound cluster failed" : "",
                        ratio() > LIMIT ? "the sound cluster's joins take more than " + LIMIT + " times as long" : "")
                .filter(violation -> !violation.isEmpty())
                .toList();
    }
}
