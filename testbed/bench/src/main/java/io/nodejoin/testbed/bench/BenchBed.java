package io.nodejoin.testbed.bench;

import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.config.BedMode;
import io.nodejoin.testbed.config.BedSettings;
import io.nodejoin.testbed.preflight.Refusal;
import io.nodejoin.testbed.preflight.ResultFile;
import io.nodejoin.testbed.process.ShutdownInterrupt;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A command that measures on the benches' bed: raised anew before, taken down after, whatever happens. */
abstract class BedBenchCommand implements Callable<Integer> {
    private final BedMode mode;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the figures as JSON to this file.")
    private @Nullable Path json;

    BedBenchCommand(BedMode mode) {
        this.mode = mode;
    }

    /** Figures for people and for programs. */
    interface Report {
        String text();

        String json(Provenance provenance);
    }

    /** Raises of the bed what it needs, and measures. */
    abstract Report measure(TestBed bed) throws Exception;

    @Override
    public final Integer call() throws Exception {
        Optional<String> obstacle = TestBed.unavailableReason(mode);
        if (obstacle.isPresent()) {
            System.err.println("bench: " + obstacle.get());
            return Refusal.CANNOT_RUN;
        }
        TestBed bed = TestBed.open(BedSettings.named("bench").withMode(mode));
        try (var shutdown = ShutdownInterrupt.ofThisThread(() -> System.err.println("interrupted"))) {
            try {
                bed.down();
                print(measure(bed));
            } finally {
                shutdown.cleanUp(bed::down);
            }
        }
        return 0;
    }

    private void print(Report report) throws Exception {
        System.out.print(report.text());
        if (json != null) {
            new ResultFile(json).write(report.json(Provenance.detect()));
        }
    }
}
