package io.nodejoin.testbed.chaos;

import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.mount.SmallDisk;
import io.nodejoin.testbed.process.Await;
import io.nodejoin.testbed.process.SupervisedProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.SequencedMap;
import java.util.regex.Pattern;

/**
 * Fills the disk of Kafka, Temporal and etcd for a while during joins. A component that exits is restarted once there
 * is space.
 */
final class FullDisks implements Experiment {
    private static final Duration COMPLETION_TIMEOUT = Duration.ofMinutes(5);
    private static final Duration COMPLAINT_TIMEOUT = Duration.ofSeconds(90);
    private static final Duration FULL_TIME = Duration.ofSeconds(20);
    private static final int ALL_ROUNDS = 3;
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);
    private static final long DISK_BYTES = 256L << 20;
    private static final Pattern COMPLAINT = Pattern.compile("no space left|disk is full", Pattern.CASE_INSENSITIVE);

    /**
     * Something with data on a disk.
     *
     * @param writeMore has it need more room than joins alone do
     */
    private record Component(SupervisedProcess process, Path data, Runnable start, Runnable writeMore) {}

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
        Random seededRandom = scale.randomFor(name());
        SequencedMap<String, Number> figures = new LinkedHashMap<>();
        List<String> failures = new ArrayList<>();
        try (EtcdFiller filler = new EtcdFiller(
                bed.testBed().controlPlane(), bed.testBed().directories().root())) {
            for (Component part : components(bed.testBed(), filler)) {
                part.process().stop(STOP_TIMEOUT);
                try (SmallDisk disk = SmallDisk.mountAt(part.data(), DISK_BYTES)) {
                    part.start().run();
                    RandomFaults rounds = new RandomFaults(bed, seededRandom);
                    for (int round = 0; round < (scale.full() ? ALL_ROUNDS : 1); round++) {
                        rounds.startJoinsAndInject(
                                "full-" + part.process().name() + round, () -> fill(part, disk, figures, failures));
                    }
                    count(figures, "joins", rounds.joins().size());
                    failures.addAll(rounds.awaitAndCheck(COMPLETION_TIMEOUT));
                    part.process().stop(STOP_TIMEOUT);
                }
                part.start().run();
            }
        }
        return new Findings(name(), figures, failures);
    }

    private static List<Component> components(TestBed bed, EtcdFiller filler) {
        return List.of(
                new Component(bed.kafka().process(), bed.directories().kafka(), bed.kafka()::start, () -> {}),
                new Component(bed.temporal().process(), bed.directories().temporal(), bed.temporal()::start, () -> {}),
                new Component(
                        bed.controlPlane().etcd(),
                        bed.directories().etcd(),
                        bed.controlPlane()::start,
                        filler::addObject));
    }

    private static void fill(
            Component part, SmallDisk disk, SequencedMap<String, Number> figures, List<String> failures) {
        String name = part.process().name();
        LogTail log = new LogTail(part.process());
        disk.fill();
        boolean noticed = Await.until(COMPLAINT_TIMEOUT, () -> {
            part.writeMore().run();
            return log.count(COMPLAINT) > 0;
        });
        ChaosBed.waitFor(FULL_TIME);
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
