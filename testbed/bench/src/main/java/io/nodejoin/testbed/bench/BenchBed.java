package io.nodejoin.testbed.bench;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.config.BedMode;
import io.nodejoin.testbed.config.BedSettings;
import io.nodejoin.testbed.preflight.Refusal;
import io.nodejoin.testbed.preflight.ResultFile;
import io.nodejoin.testbed.process.ShutdownInterrupt;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The benches' bed: raised anew before a measurement, taken down after, whatever happens. */
final class BenchBed {
    @Option(names = "--json", paramLabel = "FILE", description = "Also write the figures as JSON to this file.")
    private @Nullable Path json;

    /** Figures for programs, as Jackson writes them, and for people. */
    interface Report {
        String text();
    }

    /** Raises of the bed what it needs, and measures. */
    interface Measurement {
        Report run(TestBed bed) throws Exception;
    }

    private record Figures(
            @JsonUnwrapped Provenance provenance,
            @JsonUnwrapped Report report) {}

    /** Returns the exit code. */
    int measure(BedMode mode, Measurement measurement) throws Exception {
        Optional<String> obstacle = TestBed.unavailableReason(mode);
        if (obstacle.isPresent()) {
            System.err.println("bench: " + obstacle.get());
            return Refusal.CANNOT_RUN;
        }
        TestBed bed = TestBed.open(BedSettings.named("bench").withMode(mode));
        try (var shutdown = ShutdownInterrupt.ofThisThread(() -> System.err.println("interrupted"))) {
            try {
                bed.down();
                print(measurement.run(bed));
            } finally {
                shutdown.cleanUp(bed::down);
            }
        }
        return 0;
    }

    private void print(Report report) throws IOException {
        System.out.print(report.text());
        if (json != null) {
            new ResultFile(json).write(json(Provenance.detect(), report));
        }
    }

    static String json(Provenance provenance, Report report) throws IOException {
        return new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsString(new Figures(provenance, report))
                + "\n";
    }
}
