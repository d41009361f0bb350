package io.nodejoin.testbed.cli;

import io.nodejoin.testbed.preflight.Preflight;
import io.nodejoin.testbed.preflight.Refusal;
import io.nodejoin.testbed.provision.SourceTree;
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
            ProvisionCommand.class,
            UpCommand.class,
            DownCommand.class,
            StatusCommand.class,
            EnvCommand.class,
            HostCommands.class,
            KubectlCommand.class,
            PeerCommands.class
        })
public final class TestbedMain {
    private static final int FAILED = 1;

    private TestbedMain() {}

    public static void main(String[] arguments) {
        Preflight.pass(SourceTree.locate().root(), "testbed", arguments);
        System.exit(commandLine().execute(arguments));
    }

    public static CommandLine commandLine() {
        CommandLine commands = new CommandLine(new TestbedMain());
        Objects.requireNonNull(commands.getSubcommands().get("kubectl")).setStopAtUnmatched(true);
        return commands.setExecutionExceptionHandler((failure, command, _) -> report(failure, command))
                .setExitCodeExceptionMapper(failure -> failure instanceof ParameterException ? Refusal.USAGE : FAILED);
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
            case Refusal refusal -> refusal.exitCode();
            case IllegalArgumentException _ -> Refusal.USAGE;
            default -> FAILED;
        };
    }
}
