package io.nodejoin.testbed.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.nodejoin.testbed.bench.H2loadLog.Count;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** One run of the crowd measurement; the figures of a run are medians over its rounds. */
record AnonymousLoadResult(int perSecond, List<Round> rounds) implements BenchBed.Report {
    AnonymousLoadResult {
        rounds = List.copyOf(rounds);
    }

    /** The reads of one user. */
    record Reads(int reads, double medianMillis, double p95Millis) {
        private static final double P95 = 0.95;
        private static final double MILLIS = 1000;

        static Reads of(Samples samples) {
            return new Reads(samples.seconds().size(), MILLIS * samples.median(), MILLIS * samples.quantile(P95));
        }
    }

    /** The reads of one user under load, and the load's own. */
    record UnderLoad(
            @JsonUnwrapped Reads reads,
            @JsonProperty("crowd") Count load) {}

    /**
     * One round.
     *
     * @param otherPath load on a path that no priority level isolates
     */
    record Round(
            Reads idle,
            @JsonProperty("elsewhere") UnderLoad otherPath,
            @JsonProperty("with") UnderLoad withPriorityLevel,
            @JsonProperty("without") UnderLoad withoutPriorityLevel) {}

    /** @param ratio relative to the reads without load */
    record Slowdown(double p95Millis, double ratio) {}

    @JsonProperty
    double idleP95Millis() {
        return p95(Round::idle);
    }

    @JsonProperty("elsewhere")
    Slowdown onOtherPath() {
        return slowdown(Round::otherPath);
    }

    @JsonProperty("with")
    Slowdown withPriorityLevel() {
        return slowdown(Round::withPriorityLevel);
    }

    @JsonProperty("without")
    Slowdown withoutPriorityLevel() {
        return slowdown(Round::withoutPriorityLevel);
    }

    @Override
    public String text() {
        return String.format(Locale.ROOT, """
                        p95 of another user's small reads, medians of %d rounds, milliseconds
                          alone                                                     %7.2f
                        """, rounds.size(), idleP95Millis())
                + line("beside %d/s of /version, which nothing holds back", Round::otherPath)
                + line("beside %d/s of cluster-info, with the priority level", Round::withPriorityLevel)
                + line("beside %d/s of cluster-info, without it", Round::withoutPriorityLevel);
    }

    private String line(String what, Function<Round, UnderLoad> which) {
        Slowdown slowdown = slowdown(which);
        return String.format(
                Locale.ROOT,
                "  %-56s %8.2f   x %.2f   offered %d, answered %d, rejected %d, failed %d, not sent %d%n",
                String.format(Locale.ROOT, what, perSecond),
                slowdown.p95Millis(),
                slowdown.ratio(),
                sum(which, Count::due),
                sum(which, Count::answered),
                sum(which, Count::rejected),
                sum(which, Count::failed),
                sum(which, Count::notSent));
    }

    private Slowdown slowdown(Function<Round, UnderLoad> which) {
        double p95 = p95(which.andThen(UnderLoad::reads));
        return new Slowdown(p95, p95 / idleP95Millis());
    }

    private double p95(Function<Round, Reads> which) {
        return new Samples(rounds.stream().map(which).map(Reads::p95Millis).toList()).median();
    }

    private long sum(Function<Round, UnderLoad> which, ToLongFunction<Count> figure) {
        return rounds.stream().map(which).map(UnderLoad::load).mapToLong(figure).sum();
    }
}
