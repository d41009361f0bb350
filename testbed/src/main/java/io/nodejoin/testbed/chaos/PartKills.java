package io.nodejoin.testbed.chaos;

import java.time.Duration;
import java.util.Map;

/** kill -9 of broker and Temporal at moments that are drawn by lot, while joins run; each comes back with what it had on its disk. */
final class PartKills implements Experiment {
    private static final Duration ENDS = Duration.ofMinutes(3);
    private static final int ROUNDS = 2;
    private static final int ALL_ROUNDS = 10;

    @Override
    public String name() {
        return "part kills";
    }

    @Override
    public Findings run(ChaosBed bed, Scale scale) {
        Rounds rounds = new Rounds(bed, scale.lots(name()));
        var kafka = bed.parts().kafka();
        var temporal = bed.parts().temporal();
        int number = scale.whole() ? ALL_ROUNDS : ROUNDS;
        for (int round = 0; round < number; round++) {
            rounds.strike("part-kafka" + round, () -> {
                kafka.process().kill();
                kafka.start();
            });
            rounds.strike("part-temporal" + round, () -> {
                temporal.process().kill();
                temporal.start();
            });
        }
        return new Findings(
                name(), Map.of("kills", number * 2, "joins", rounds.joins().size()), bed.finish(rounds.joins(), ENDS));
    }
}
