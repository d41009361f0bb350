package io.nodejoin.testbed.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nodejoin.testbed.bench.CrowdMain.Crowd;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** One run of the crowd measurement; the figures of a run are medians over its rounds. */
record CrowdResult(int perSecond, List<Round> rounds) implements BedMeasurement.Report {
    private static final ObjectMapper JSON = JsonMapper.builder().build();
    private static final double P95 = 0.95;
    private static final double MILLIS = 1000;

    CrowdResult {
        rounds = List.copyOf(rounds);
    }

    /** The reads of one user alone, beside a crowd with the priority level, and beside a crowd without it. */
    record Round(Samples idle, Samples with, Crowd crowdWith, Samples without, Crowd crowdWithout) {}

    @Override
    public String text() {
        double idle = p95(Round::idle);
        double with = p95(Round::with);
        double without = p95(Round::without);
        return String.format(
                Locale.ROOT,
                """
                p95 of small reads by a service account, medians of %d rounds, milliseconds
                  alone                                            %7.2f
                  beside %4d reads/s, with the priority level     %7.2f   x %.2f   %s
                  beside %4d reads/s, without it                  %7.2f   x %.2f   %s
                """,
                rounds.size(),
                idle,
                perSecond,
                with,
                with / idle,
                crowd(Round::crowdWith),
                perSecond,
                without,
                without / idle,
                crowd(Round::crowdWithout));
    }

    private String crowd(Function<Round, Crowd> which) {
        return String.format(
                Locale.ROOT,
                "%.0f/s, %d read, %d rejected, %d failed, %d not sent",
                median(which.andThen(Crowd::perSecond)),
                sum(which.andThen(Crowd::answered)),
                sum(which.andThen(Crowd::rejected)),
                sum(which.andThen(Crowd::failed)),
                sum(which.andThen(Crowd::late)));
    }

    private double p95(Function<Round, Samples> which) {
        return MILLIS * median(which.andThen(samples -> samples.quantile(P95)));
    }

    private double median(Function<Round, Double> figure) {
        return new Samples(rounds.stream().map(figure).toList()).median();
    }

    private long sum(Function<Round, Long> figure) {
        return rounds.stream().mapToLong(figure::apply).sum();
    }

    @Override
    public String json(Provenance provenance) {
        ObjectNode root = provenance
                .writeTo(JSON.createObjectNode())
                .put("perSecond", perSecond)
                .put("idleP95Millis", p95(Round::idle))
                .put("withP95Millis", p95(Round::with))
                .put("withoutP95Millis", p95(Round::without))
                .put("ratioWith", p95(Round::with) / p95(Round::idle))
                .put("ratioWithout", p95(Round::without) / p95(Round::idle));
        var all = root.putArray("rounds");
        for (Round round : rounds) {
            ObjectNode one = all.addObject();
            samples(one.putObject("idle"), round.idle());
            samples(one.putObject("with"), round.with()).set("crowd", JSON.valueToTree(round.crowdWith()));
            samples(one.putObject("without"), round.without()).set("crowd", JSON.valueToTree(round.crowdWithout()));
        }
        return root.toPrettyString() + "\n";
    }

    private static ObjectNode samples(ObjectNode node, Samples samples) {
        return node.put("reads", samples.seconds().size())
                .put("medianMillis", MILLIS * samples.median())
                .put("p95Millis", MILLIS * samples.quantile(P95));
    }
}
