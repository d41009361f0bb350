package io.nodejoin.testbed.bench;

import io.nodejoin.testbed.preflight.Preflight;
import io.nodejoin.testbed.provision.SourceTree;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ScopeType;

/** The command {@code testbed/testbed bench}. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
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
        Preflight.pass(SourceTree.locate().root(), "bench", arguments);
        System.exit(commandLine().execute(arguments));
    }

    /** The commands, to be called or looked at. */
    public static CommandLine commandLine() {
        return new CommandLine(new BenchMain()).setExecutionExceptionHandler((failure, command, _) -> {
            command.getErr().println("bench: " + failure.getMessage());
            return FAILED;
        });
    }
}
