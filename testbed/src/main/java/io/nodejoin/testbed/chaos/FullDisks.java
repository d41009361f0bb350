package io.nodejoin.testbed.chaos;

import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.mount.SmallDisk;
import io.nodejoin.testbed.process.SupervisedProcess;
import io.nodejoin.testbed.process.Waiting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.SequencedMap;
import java.util.regex.Pattern;

/**
 * The disk of Kafka, of Temporal and of etcd is full for a while when joins run. Whichever of them ends of it is started again once there
 * is room.
 */
final class FullDisks implements Experiment {
    private static final Duration ENDS = Duration.ofMinutes(5);
    private static final Duration NOTICES = Duration.ofSeconds(90);
    private static final Duration FULL = Duration.ofSeconds(20);
    private static final int ALL_ROUNDS = 3;
    private static final Duration STOPS = Duration.ofSeconds(10);
    private static final long ROOM = 256L << 20;
    private static final Pattern COMPLAINT = Pattern.compile("no space left|disk is full", Pattern.CASE_INSENSITIVE);

    /**
     * Something with data on a disk.
     *
     * @param press has it need more room than joins alone do
     */
    private record Part(SupervisedProcess process, Path data, Runnable start, Runnable press) {}

    @Override
    public String name() {
        return "full disks";
    }

    @Override
    public Findings run(ChaosBed bed, Scale scale) {
        return TestBed.unavailableReason()
                .map(reason -> new Findings(name(), List.of("no small disk can be made: " + reason)))
                .orElseGet(() -> fillEach(bed, scale));
    }

    private Findings fillEach(ChaosBed bed, Scale scale) {
        Random lots = scale.lots(name());
        SequencedMap<String, Number> figures = new LinkedHashMap<>();
        List<String> failures = new ArrayList<>();
        try (Hoard hoard =
                new Hoard(bed.parts().controlPlane(), bed.parts().directories().root())) {
            for (Part part : parts(bed.parts(), hoard)) {
                part.process().stop(STOPS);
                try (SmallDisk disk = SmallDisk.under(part.data(), ROOM)) {
                    part.start().run();
                    Rounds rounds = new Rounds(bed, lots);
                    for (int round = 0; round < (scale.whole() ? ALL_ROUNDS : 1); round++) {
                        rounds.strike(
                                "full-" + part.process().name() + round, () -> fill(part, disk, figures, failures));
                    }
                    count(figures, "joins", rounds.joins().size());
                    failures.addAll(rounds.finish(ENDS));
                    part.process().stop(STOPS);
                }
                part.start().run();
            }
        }
        return new Findings(name(), figures, failures);
    }

    private static List<Part> parts(TestBed bed, Hoard hoard) {
        return List.of(
                new Part(bed.kafka().process(), bed.directories().kafka(), bed.kafka()::start, () -> {}),
                new Part(bed.temporal().process(), bed.directories().temporal(), bed.temporal()::start, () -> {}),
                new Part(bed.controlPlane().etcd(), bed.directories().etcd(), bed.controlPlane()::start, hoard::grow));
    }

    private static void fill(Part part, SmallDisk disk, SequencedMap<String, Number> figures, List<String> failures) {
        String name = part.process().name();
        FreshLog log = new FreshLog(part.process());
        disk.fill();
        boolean noticed = Waiting.until(NOTICES, () -> {
            part.press().run();
            return log.count(COMPLAINT) > 0;
        });
        ChaosBed.letPass(FULL);
        if (!noticed) {
            failures.add(name + " has not noticed that its disk was full");
        }
        if (!part.process().isRunning()) {
            count(figures, "ends of " + name, 1);
        }
        disk.clear();
        part.start().run();
    }

    private static void count(SequencedMap<String, Number> figures, String name, int more) {
        figures.merge(name, more, (before, _) -> before.intValue() + more);
    }
}
