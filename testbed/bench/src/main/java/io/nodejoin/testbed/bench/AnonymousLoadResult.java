package io.nodejoin.testbed.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nodejoin.testbed.bench.H2loadLog.Count;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** One run of the crowd measurement; the figures of a run are medians over its rounds. */
record AnonymousLoadResult(int perSecond, List<Round> rounds) implements BedBenchCommand.Report {
    private static final ObjectMapper JSON = JsonMapper.builder().build();
    private static final double P95 = 0.95;
    private static final double MILLIS = 1000;

    AnonymousLoadResult {
        rounds = List.copyOf(rounds);
    }

    /** The reads of one user under load, and the load's own. */
    record UnderLoad(Samples reads, Count load) {}

    /**
     * One round.
     *
     * @param otherPath load on a path that no priority level isolates
     */
    record Round(Samples idle, UnderLoad otherPath, UnderLoad withPriorityLevel, UnderLoad withoutPriorityLevel) {}

    @Override
    public String text() {
        return String.format(Locale.ROOT, """
                        p95 of another user's small reads, medians of %d rounds, milliseconds
                          alone                                                     %7.2f
                        """, rounds.size(), p95(Round::idle))
                + line("beside %d/s of /version, which nothing holds back", Round::otherPath)
                + line("beside %d/s of cluster-info, with the priority level", Round::withPriorityLevel)
                + line("beside %d/s of cluster-info, without it", Round::withoutPriorityLevel);
    }

    private String line(String what, Function<Round, UnderLoad> which) {
        double p95 = p95(which.andThen(UnderLoad::reads));
        return String.format(
                Locale.ROOT,
                "  %-56s %8.2f   x %.2f   offered %d, answered %d, rejected %d, failed %d, not sent %d%n",
                String.format(Locale.ROOT, what, perSecond),
                p95,
                p95 / p95(Round::idle),
                sum(which, Count::due),
                sum(which, Count::answered),
                sum(which, Count::rejected),
                sum(which, Count::failed),
                sum(which, Count::notSent));
    }

    private double p95(Function<Round, Samples> which) {
        return MILLIS * median(which.andThen(samples -> samples.quantile(P95)));
    }

    private double median(Function<Round, Double> figure) {
        return new Samples(rounds.stream().map(figure).toList()).median();
    }

    private long sum(Function<Round, UnderLoad> which, ToLongFunction<Count> figure) {
        return rounds.stream().map(which).map(UnderLoad::load).mapToLong(figure).sum();
    }

    @Override
    public String json(Provenance provenance) {
        ObjectNode root = provenance
                .writeTo(JSON.createObjectNode())
                .put("perSecond", perSecond)
                .put("idleP95Millis", p95(Round::idle));
        ratio(root.putObject("elsewhere"), Round::otherPath);
        ratio(root.putObject("with"), Round::withPriorityLevel);
        ratio(root.putObject("without"), Round::withoutPriorityLevel);
        var all = root.putArray("rounds");
        for (Round round : rounds) {
            ObjectNode one = all.addObject();
            samples(one.putObject("idle"), round.idle());
            writeUnderLoad(one.putObject("elsewhere"), round.otherPath());
            writeUnderLoad(one.putObject("with"), round.withPriorityLevel());
            writeUnderLoad(one.putObject("without"), round.withoutPriorityLevel());
        }
        return root.toPrettyString() + "\n";
    }

    private void ratio(ObjectNode node, Function<Round, UnderLoad> which) {
        double p95 = p95(which.andThen(UnderLoad::reads));
        node.put("p95Millis", p95).put("ratio", p95 / p95(Round::idle));
    }

    private static void writeUnderLoad(ObjectNode node, UnderLoad underLoad) {
        samples(node, underLoad.reads()).set("crowd", JSON.valueToTree(underLoad.load()));
    }

    private static ObjectNode samples(ObjectNode node, Samples samples) {
        return node.put("reads", samples.seconds().size())
                .put("medianMillis", MILLIS * samples.median())
                .put("p95Millis", MILLIS * samples.quantile(P95));
    }
}
