package io.nodejoin.testbed.cli;

import java.io.PrintWriter;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/** The command line of the test bed. */
@Command(
        name = "testbed",
        description = "A real Kubernetes control plane, real hosts, Temporal, Kafka and Nodejoin on this machine.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        subcommands = {
            UpCommand.class,
            DownCommand.class,
            StatusCommand.class,
            EnvCommand.class,
            HostCommands.class,
            KubectlCommand.class,
            PeerCommands.class
        })
public final class TestbedMain {
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int NOT_FOUND = 4;

    private TestbedMain() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        CommandLine commands = new CommandLine(new TestbedMain());
        Objects.requireNonNull(commands.getSubcommands().get("kubectl")).setStopAtUnmatched(true);
        return commands.setExecutionExceptionHandler((failure, command, _) -> report(failure, command))
                .setExitCodeExceptionMapper(failure -> failure instanceof ParameterException ? USAGE : FAILED);
    }

    /** One sentence for people; the stack trace only for those who ask, since most failures are the machine's. */
    private static int report(Exception failure, CommandLine command) {
        PrintWriter err = command.getErr();
        err.println("testbed: " + failure.getMessage());
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            err.println("  because: " + cause.getMessage());
        }
        for (Throwable other : failure.getSuppressed()) {
            err.println("  also: " + other.getMessage());
        }
        if (System.getenv("NODEJOIN_DEBUG") != null) {
            failure.printStackTrace(err);
        }
        err.flush();
        return switch (failure) {
            case CliException refusal -> refusal.exitCode();
            case IllegalArgumentException _ -> USAGE;
            default -> FAILED;
        };
    }
}
