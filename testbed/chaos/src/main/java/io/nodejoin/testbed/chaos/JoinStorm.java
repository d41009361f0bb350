package io.nodejoin.testbed.chaos;

import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.process.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.IntStream;

/**
 * Runs many joins at once, without faults and while the service is killed twice; measures the slowdown and how long
 * tokens exist that are no longer needed.
 */
final class JoinStorm implements Experiment {
    private static final int JOINS = 30;
    private static final int ALL_JOINS = 100;
    private static final int FAILING = 10;
    private static final int KILLS = 2;
    private static final Duration COMPLETION_TIMEOUT = Duration.ofMinutes(5);
    /** The highest ratio, with {@code --long} only: two deaths cost more than half of the time that a short storm takes. */
    private static final double MAX_RATIO = 1.5;
    /** In seconds. */
    private static final double MAX_REVOCATION_SECONDS = 2;

    /** Joins that were requested at once. */
    private record Batch(List<InFlightJoin> joins, double seconds) {}

    @Override
    public String name() {
        return "storm";
    }

    @Override
    public Findings run(ChaosBed bed, Scale scale) {
        int number = scale.full() ? ALL_JOINS : JOINS;
        List<String> failures = new ArrayList<>();
        Batch calm = runJoins(bed, "calm", number, ExpectedOutcome.SUCCESS, 0, failures);
        Batch failing = runJoins(bed, "failing", FAILING, ExpectedOutcome.FAILURE, 0, failures);
        Batch killed = runJoins(bed, "killed", number, ExpectedOutcome.SUCCESS, KILLS, failures);
        SequencedMap<String, Number> figures = new LinkedHashMap<>();
        figures.put("joins", number);
        figures.put("seconds undisturbed", calm.seconds());
        figures.put("seconds with " + KILLS + " kills of the service", killed.seconds());
        double ratio = killed.seconds() / calm.seconds();
        figures.put("ratio", ratio);
        if (scale.full() && ratio > MAX_RATIO) {
            failures.add(KILLS + " deaths of the service made the storm " + ratio + " times as long");
        }
        figures.putAll(revocations(bed, calm, "a node's registration", failures));
        figures.putAll(revocations(bed, failing, "a failed start of a kubelet", failures));
        figures.putAll(revocations(bed, killed, "a node's registration, with kills", failures));
        return new Findings(name(), figures, failures);
    }

    private static SequencedMap<String, Number> revocations(
            ChaosBed bed, Batch batch, String after, List<String> failures) {
        TokenLifetimes lifetimes = TokenLifetimes.measure(bed, batch.joins());
        failures.addAll(lifetimes.violations(after, batch.joins().size(), MAX_REVOCATION_SECONDS));
        return lifetimes.figures(after);
    }

    /**
     * All hosts have booted when the measurement starts. The kills follow when a third, and when two thirds, of the
     * joins have ended.
     */
    private static Batch runJoins(
            ChaosBed bed, String name, int number, ExpectedOutcome expected, int kills, List<String> failures) {
        List<HostFixture> hosts = IntStream.range(0, number)
                .mapToObj(i -> bed.boot("storm-" + name + "-" + i, expected))
                .toList();
        long begin = System.nanoTime();
        List<InFlightJoin> joins =
                hosts.stream().map(host -> bed.request(host, expected)).toList();
        for (int kill = 1; kill <= kills; kill++) {
            int soFar = number * kill / (kills + 1);
            Await.until(COMPLETION_TIMEOUT, () -> bed.outcomes().of(joins).size() >= soFar);
            bed.killAndRestartService();
        }
        Await.until(COMPLETION_TIMEOUT, () -> bed.outcomes().of(joins).size() == number);
        double seconds = (System.nanoTime() - begin) / 1e9;
        failures.addAll(bed.awaitAndCheck(joins, COMPLETION_TIMEOUT));
        return new Batch(joins, seconds);
    }
}
