package io.nodejoin.testbed.bench;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nodejoin.testbed.RunningBeds;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.config.BedDirectories;
import io.nodejoin.testbed.config.BedMode;
import io.nodejoin.testbed.config.BedSettings;
import io.nodejoin.testbed.preflight.Refusal;
import io.nodejoin.testbed.preflight.ResultFile;
import io.nodejoin.testbed.process.ShutdownInterrupt;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
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

        /** The limits that were exceeded: then the bench fails. */
        default List<String> violations() {
            return List.of();
        }
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
        return measure(settings(mode), measurement);
    }

    static BedSettings settings(BedMode mode) {
        return BedSettings.named("bench").withMode(mode);
    }

    /** As the other method; refuses while another bed of this machine runs. */
    int measureAlone(BedSettings settings, Measurement measurement) throws Exception {
        var own = new BedDirectories(BedDirectories.userParent(System.getenv()), settings.name());
        Optional<String> disturbing = RunningBeds.ofThisMachine().disturbing(own);
        if (disturbing.isPresent()) {
            System.err.println("bench: " + disturbing.get() + "; or measure beside it with --beside-others");
            return Refusal.CANNOT_RUN;
        }
        return measure(settings, measurement);
    }

    int measure(BedSettings settings, Measurement measurement) throws Exception {
        Optional<String> obstacle = TestBed.unavailableReason(settings.mode());
        if (obstacle.isPresent()) {
            System.err.println("bench: " + obstacle.get());
            return Refusal.CANNOT_RUN;
        }
        TestBed bed = TestBed.open(settings);
        List<String> violations;
        try (var shutdown = ShutdownInterrupt.ofThisThread(() -> System.err.println("interrupted"))) {
            try {
                bed.down();
                Report report = measurement.run(bed);
                print(report);
                violations = report.violations();
            } finally {
                shutdown.cleanUp(bed::down);
            }
        }
        violations.forEach(violation -> System.err.println("bench: " + violation));
        return violations.isEmpty() ? 0 : BenchMain.FAILED;
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
