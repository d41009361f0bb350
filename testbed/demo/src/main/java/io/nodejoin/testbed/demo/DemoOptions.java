package io.nodejoin.testbed.demo;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of the demo. */
final class DemoOptions {
    @Option(names = "--json", paramLabel = "FILE", description = "Also write the result as JSON to this file.")
    private @Nullable Path json;

    @Option(names = "--keep", description = "Leave everything running at the end, and say how to use it.")
    private boolean keep;

    @Option(
            names = "--simulated",
            description =
                    "Use simulated hosts; this is what happens without root. Broker, Temporal and control plane stay real.")
    private boolean simulated;

    Optional<Path> json() {
        return Optional.ofNullable(json);
    }

    boolean keep() {
        return keep;
    }

    boolean simulated() {
        return simulated;
    }
}
