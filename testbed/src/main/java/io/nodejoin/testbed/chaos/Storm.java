package io.nodejoin.testbed.chaos;

import io.nodejoin.testbed.demo.HostWish;
import io.nodejoin.testbed.process.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.IntStream;

/**
 * Many joins at once, undisturbed, and as many while the service is killed twice: what the deaths cost, and for how long tokens
 * live that nobody needs any more.
 */
final class Storm implements Experiment {
    private static final int JOINS = 30;
    private static final int ALL_JOINS = 100;
    private static final int FAILING = 10;
    private static final int KILLS = 2;
    private static final Duration ENDS = Duration.ofMinutes(5);
    /** The highest ratio, with {@code --long} only: two deaths cost more than half of the time that a short storm takes. */
    private static final double SLOWEST = 1.5;
    /** In seconds. */
    private static final double REVOKED = 2;

    /** Joins that were all asked for at once. */
    private record Wave(List<Going> joins, double seconds) {}

    @Override
    public String name() {
        return "storm";
    }

    @Override
    public Findings run(ChaosBed bed, Scale scale) {
        int number = scale.whole() ? ALL_JOINS : JOINS;
        List<String> failures = new ArrayList<>();
        Wave calm = wave(bed, "calm", number, Course.SOUND, 0, failures);
        Wave failing = wave(bed, "failing", FAILING, Course.BROKEN, 0, failures);
        Wave killed = wave(bed, "killed", number, Course.SOUND, KILLS, failures);
        SequencedMap<String, Number> figures = new LinkedHashMap<>();
        figures.put("joins", number);
        figures.put("seconds undisturbed", calm.seconds());
        figures.put("seconds with " + KILLS + " kills of the service", killed.seconds());
        double ratio = killed.seconds() / calm.seconds();
        figures.put("ratio", ratio);
        if (scale.whole() && ratio > SLOWEST) {
            failures.add(KILLS + " deaths of the service made the storm " + ratio + " times as long");
        }
        figures.putAll(revocations(bed, calm, "a node's registration", failures));
        figures.putAll(revocations(bed, failing, "a failed start of a kubelet", failures));
        figures.putAll(revocations(bed, killed, "a node's registration, with kills", failures));
        return new Findings(name(), figures, failures);
    }

    private static SequencedMap<String, Number> revocations(
            ChaosBed bed, Wave wave, String after, List<String> failures) {
        TokenLives lives = TokenLives.of(bed, wave.joins());
        failures.addAll(lives.wrong(after, wave.joins().size(), REVOKED));
        return lives.figures(after);
    }

    /** All hosts are up when the time begins. A kill comes when a third, and when two thirds, of the joins have ended. */
    private static Wave wave(ChaosBed bed, String name, int number, Course course, int kills, List<String> failures) {
        List<HostWish> hosts = IntStream.range(0, number)
                .mapToObj(i -> bed.boot("storm-" + name + "-" + i, course))
                .toList();
        long begin = System.nanoTime();
        List<Going> joins =
                hosts.stream().map(host -> bed.request(host, course)).toList();
        for (int kill = 1; kill <= kills; kill++) {
            int soFar = number * kill / (kills + 1);
            Waiting.until(ENDS, () -> bed.ends().of(joins).size() >= soFar);
            bed.serve();
        }
        Waiting.until(ENDS, () -> bed.ends().of(joins).size() == number);
        double seconds = (System.nanoTime() - begin) / 1e9;
        failures.addAll(bed.finish(joins, ENDS));
        return new Wave(joins, seconds);
    }
}
