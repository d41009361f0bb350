package io.nodejoin.testbed.chaos;

import io.nodejoin.testbed.process.SupervisedProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Parts stand still while joins run, as under SIGSTOP, and go on: whoever waits for them takes them for dead, and they find that time
 * has passed them by.
 */
final class Pauses implements Experiment {
    private static final Duration ENDS = Duration.ofMinutes(4);
    private static final int ALL_ROUNDS = 3;
    /** Longer than an activity may take, so that what goes on afterwards has been given to somebody else. */
    private static final Duration OF_THE_SERVICE = Duration.ofSeconds(35);
    /** Longer than a client waits for an answer. */
    private static final Duration OF_A_PART = Duration.ofSeconds(15);

    @Override
    public String name() {
        return "pauses";
    }

    @Override
    public Findings run(ChaosBed bed, Scale scale) {
        List<SupervisedProcess> paused = paused(bed);
        Rounds rounds = new Rounds(bed, scale.lots(name()));
        List<String> failures = new ArrayList<>();
        int number = scale.whole() ? ALL_ROUNDS : 1;
        for (int round = 0; round < number; round++) {
            for (SupervisedProcess part : paused) {
                boolean isService =
                        part.name().equals(bed.parts().service().process().name());
                rounds.strike(
                        "pause-" + part.name() + round, () -> pause(part, isService ? OF_THE_SERVICE : OF_A_PART));
                if (!part.isRunning()) {
                    failures.add(part.name() + " ended by its pause");
                    bed.parts().up();
                }
            }
        }
        failures.addAll(rounds.finish(ENDS));
        return new Findings(name(), failures)
                .with("joins", rounds.joins().size())
                .with("pauses", number * paused.size());
    }

    private static List<SupervisedProcess> paused(ChaosBed bed) {
        return List.of(
                bed.parts().service().process(),
                bed.parts().kafka().process(),
                bed.parts().temporal().process(),
                bed.parts().controlPlane().apiServer(),
                bed.parts().controlPlane().etcd());
    }

    private static void pause(SupervisedProcess part, Duration length) {
        part.freeze();
        try {
            ChaosBed.letPass(length);
        } finally {
            part.resume();
        }
    }
}
