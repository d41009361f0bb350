package io.nodejoin.testbed.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command {@code testbed/bench}. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures Nodejoin, each time beside its peer or floor in the same run.",
        subcommands = {
            AgentCommand.class,
            LatencyCommand.class,
            ApproverCommand.class,
            CsrFloodCommand.class,
            AnonymousLoadCommand.class
        })
public final class BenchMain {
    private static final int FAILED = 1;

    private BenchMain() {}

    /** Runs one measurement and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new BenchMain())
                .setExecutionExceptionHandler((failure, command, _) -> {
                    command.getErr().println("bench: " + failure.getMessage());
                    return FAILED;
                })
                .execute(arguments));
    }
}
