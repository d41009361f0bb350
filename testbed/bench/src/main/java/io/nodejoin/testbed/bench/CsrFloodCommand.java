package io.nodejoin.testbed.bench;

import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.config.BedMode;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Seconds to an approved certificate while many joins wait, quiet and under a flood of one token. */
@Command(
        name = "flood",
        description = "Seconds to an approval beside waiting joins: quiet, and while one token floods the cluster.")
final class CsrFloodCommand extends BedBenchCommand {
    @Option(
            names = "--pending",
            paramLabel = "1..10000",
            defaultValue = "1000",
            description = "Joins that wait for a request (default: ${DEFAULT-VALUE}).")
    private int pending;

    @Option(
            names = "--junk",
            paramLabel = "1..1000000",
            defaultValue = "10000",
            description = "Requests of the flooding token (default: ${DEFAULT-VALUE}).")
    private int junk;

    @Option(
            names = "--rate",
            paramLabel = "1..10000",
            defaultValue = "500",
            description = "How many of these a second (default: ${DEFAULT-VALUE}).")
    private int perSecond;

    CsrFloodCommand() {
        super(BedMode.LOCAL);
    }

    @Override
    CsrFloodResult measure(TestBed bed) throws Exception {
        bed.up();
        Consumer<String> progress = System.err::println;
        try (CsrFloodBench bench = new CsrFloodBench(bed, progress)) {
            return bench.run(pending, junk, perSecond);
        }
    }
}
