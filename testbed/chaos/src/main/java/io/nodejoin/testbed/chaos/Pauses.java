package io.nodejoin.testbed.chaos;

import io.nodejoin.testbed.process.SupervisedProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Pauses components by SIGSTOP while joins run, for longer than their clients' timeouts, and resumes them. */
final class Pauses implements Experiment {
    private static final Duration COMPLETION_TIMEOUT = Duration.ofMinutes(4);
    private static final int ALL_ROUNDS = 3;
    /** Longer than an activity's timeout, so that a resumed activity has been rescheduled elsewhere. */
    private static final Duration SERVICE_PAUSE = Duration.ofSeconds(35);
    /** Longer than a client waits for a response. */
    private static final Duration COMPONENT_PAUSE = Duration.ofSeconds(15);

    @Override
    public String name() {
        return "pauses";
    }

    @Override
    public Findings run(ChaosBed bed, Scale scale) {
        List<SupervisedProcess> paused = components(bed);
        RandomFaults rounds = new RandomFaults(bed, scale.randomFor(name()));
        List<String> failures = new ArrayList<>();
        int number = scale.full() ? ALL_ROUNDS : 1;
        for (int round = 0; round < number; round++) {
            for (SupervisedProcess part : paused) {
                boolean isService =
                        part.name().equals(bed.testBed().service().process().name());
                rounds.startJoinsAndInject(
                        "pause-" + part.name() + round, () -> pause(part, isService ? SERVICE_PAUSE : COMPONENT_PAUSE));
                if (!part.isRunning()) {
                    failures.add(part.name() + " ended by its pause");
                    bed.testBed().up();
                }
            }
        }
        failures.addAll(rounds.awaitAndCheck(COMPLETION_TIMEOUT));
        return new Findings(name(), failures)
                .with("joins", rounds.joins().size())
                .with("pauses", number * paused.size());
    }

    private static List<SupervisedProcess> components(ChaosBed bed) {
        return List.of(
                bed.testBed().service().process(),
                bed.testBed().kafka().process(),
                bed.testBed().temporal().process(),
                bed.testBed().controlPlane().apiServer(),
                bed.testBed().controlPlane().etcd());
    }

    private static void pause(SupervisedProcess part, Duration length) {
        part.pause();
        try {
            ChaosBed.waitFor(length);
        } finally {
            part.resume();
        }
    }
}
