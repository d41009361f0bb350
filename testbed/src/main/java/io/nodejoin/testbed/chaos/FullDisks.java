package io.nodejoin.testbed.chaos;

import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.mount.SmallDisk;
import io.nodejoin.testbed.process.SupervisedProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;

/**
 * The disk of Kafka, of Temporal and of etcd is full for a while when joins run. Whichever of them ends of it is started again once there
 * is room.
 */
final class FullDisks implements Experiment {
    private static final Duration ENDS = Duration.ofMinutes(5);
    private static final Duration FULL = Duration.ofSeconds(20);
    private static final int ALL_ROUNDS = 3;
    private static final Duration STOPS = Duration.ofSeconds(10);
    private static final long ROOM = 256L << 20;
    private static final Pattern COMPLAINT = Pattern.compile("no space left|disk is full", Pattern.CASE_INSENSITIVE);

    /** Something with data on a disk. */
    private record Part(SupervisedProcess process, Path data, Runnable start) {
        /** Whether it has said that its disk is full, since its log was so long. */
        boolean complainsAfter(long length) {
            try (FileChannel log = FileChannel.open(process.log(), StandardOpenOption.READ)) {
                ByteBuffer end = ByteBuffer.allocate(Math.toIntExact(log.size() - length));
                while (end.hasRemaining() && log.read(end, length + end.position()) >= 0) {}
                return COMPLAINT
                        .matcher(new String(end.array(), StandardCharsets.UTF_8))
                        .find();
            } catch (IOException e) {
                throw new UncheckedIOException("the log of " + process.name() + " cannot be read", e);
            }
        }
    }

    @Override
    public String name() {
        return "full disks";
    }

    @Override
    public Findings run(ChaosBed bed, Scale scale) {
        Random lots = scale.lots(name());
        Map<String, Number> figures = new LinkedHashMap<>();
        List<String> failures = new ArrayList<>();
        for (Part part : parts(bed.parts())) {
            part.process().stop(STOPS);
            try (SmallDisk disk = SmallDisk.under(part.data(), ROOM)) {
                part.start().run();
                Rounds rounds = new Rounds(bed, lots);
                for (int round = 0; round < (scale.whole() ? ALL_ROUNDS : 1); round++) {
                    rounds.strike("full-" + part.process().name() + round, () -> fill(part, disk, figures, failures));
                }
                count(figures, "joins", rounds.joins().size());
                failures.addAll(bed.finish(rounds.joins(), ENDS));
                part.process().stop(STOPS);
            }
            part.start().run();
        }
        return new Findings(name(), figures, failures);
    }

    private static List<Part> parts(TestBed bed) {
        return List.of(
                new Part(bed.kafka().process(), bed.directories().kafka(), bed.kafka()::start),
                new Part(bed.temporal().process(), bed.directories().temporal(), bed.temporal()::start),
                new Part(bed.controlPlane().etcd(), bed.directories().etcd(), bed.controlPlane()::start));
    }

    private static void fill(Part part, SmallDisk disk, Map<String, Number> figures, List<String> failures) {
        String name = part.process().name();
        long said = part.process().log().toFile().length();
        disk.fill();
        ChaosBed.letPass(FULL);
        if (!part.complainsAfter(said)) {
            failures.add(name + " has not noticed that its disk was full");
        }
        if (!part.process().isRunning()) {
            count(figures, "ends of " + name, 1);
        }
        disk.clear();
        part.start().run();
    }

    private static void count(Map<String, Number> figures, String name, int more) {
        figures.merge(name, more, (before, _) -> before.intValue() + more);
    }
}
