package io.nodejoin.testbed.bench;

import io.nodejoin.testbed.preflight.ResultFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How long the approver's rules take over one request, beside the check of its signature alone. */
@Command(
        name = "approver",
        description = "Microseconds that the approver's rules take over one certificate request (JMH).")
final class ApproverCommand implements Callable<Integer> {

    @Option(names = "--json", paramLabel = "FILE", description = "Also write JMH's results as JSON to this file.")
    private @Nullable Path json;

    @Override
    public Integer call() throws RunnerException, IOException {
        ChainedOptionsBuilder options =
                new OptionsBuilder().include("ApproverBenchmark").jvmArgs("-Xmx256m", "-XX:+UseSerialGC");
        if (json != null) {
            new ResultFile(json).makeDirectories();
            options.resultFormat(ResultFormatType.JSON).result(json.toString());
        }
        new Runner(options.build()).run();
        return 0;
    }
}
