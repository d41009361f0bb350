package io.nodejoin.testbed.chaos;

import io.nodejoin.testbed.process.SupervisedProcess;
import io.nodejoin.testbed.process.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** kill -9 of broker and Temporal at moments that are drawn by lot, while joins run; each comes back with what it had on its disk. */
final class PartKills implements Experiment {
    private static final Duration ENDS = Duration.ofMinutes(3);
    private static final int ROUNDS = 2;
    private static final int ALL_ROUNDS = 10;
    private static final int JOINS = 3;
    private static final int LATEST_MILLIS = 2_500;

    @Override
    public String name() {
        return "part kills";
    }

    @Override
    public Findings run(ChaosBed bed, Scale scale) {
        Random lots = scale.lots(name());
        List<Going> joins = new ArrayList<>();
        int rounds = scale.whole() ? ALL_ROUNDS : ROUNDS;
        for (int round = 0; round < rounds; round++) {
            joins.addAll(round(
                    bed,
                    lots,
                    "kafka" + round,
                    bed.parts().kafka().process(),
                    bed.parts().kafka()::start));
            joins.addAll(round(
                    bed,
                    lots,
                    "temporal" + round,
                    bed.parts().temporal().process(),
                    bed.parts().temporal()::start));
        }
        List<String> failures = bed.finish(joins, ENDS);
        return new Findings(name(), Map.of("kills", rounds * 2, "joins", joins.size()), failures);
    }

    private static List<Going> round(
            ChaosBed bed, Random lots, String name, SupervisedProcess process, Runnable restart) {
        List<Going> joins = new ArrayList<>();
        for (int i = 0; i < JOINS; i++) {
            joins.add(bed.join("part-" + name + "-" + i, i == 0 ? Course.BROKEN : Course.SOUND));
        }
        Waiting.until(Duration.ofMillis(lots.nextInt(LATEST_MILLIS)), () -> false);
        process.kill();
        restart.run();
        return joins;
    }
}
