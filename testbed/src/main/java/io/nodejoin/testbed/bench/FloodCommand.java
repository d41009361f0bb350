package io.nodejoin.testbed.bench;

import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.plan.BedMode;
import io.nodejoin.testbed.plan.BedSettings;
import io.nodejoin.testbed.process.Interruption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Seconds to an approved certificate while many joins wait, quiet and under a flood of one token. */
@Command(
        name = "flood",
        mixinStandardHelpOptions = true,
        description = "Seconds to an approval beside waiting joins: quiet, and while one token floods the cluster.")
final class FloodCommand implements Callable<Integer> {
    private static final int CANNOT_RUN = 3;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the samples as JSON to this file.")
    private @Nullable Path json;

    @Option(
            names = "--pending",
            defaultValue = "1000",
            description = "Joins that wait for a request (default: ${DEFAULT-VALUE}).")
    private int pending;

    @Option(
            names = "--junk",
            defaultValue = "10000",
            description = "Requests of the flooding token (default: ${DEFAULT-VALUE}).")
    private int junk;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Optional<String> obstacle = TestBed.unavailableReason(BedMode.LOCAL);
        if (obstacle.isPresent()) {
            System.err.println("bench: " + obstacle.get());
            return CANNOT_RUN;
        }
        TestBed bed = TestBed.open(BedSettings.named("bench").withMode(BedMode.LOCAL));
        try (var interruption = Interruption.ofThisThread(() -> System.err.println("interrupted"))) {
            try {
                measure(bed);
            } finally {
                interruption.clean(bed::down);
            }
        }
        return 0;
    }

    private void measure(TestBed bed) throws IOException, InterruptedException {
        bed.down();
        bed.up();
        Consumer<String> progress = System.err::println;
        try (FloodBench bench = new FloodBench(bed, progress)) {
            FloodResult result = bench.run(pending, junk);
            System.out.print(result.text());
            if (json != null) {
                Files.writeString(json, result.json(Provenance.here()));
            }
        }
    }
}
