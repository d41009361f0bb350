package io.nodejoin.cli;

import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.HelpCommand;

/** The entry point of {@code nodejoin COMMAND}. */
@Command(
        name = "nodejoin",
        header = {
            "Joins machines to Kubernetes clusters.",
            "",
            "Examples:",
            "  ${ROOT-COMMAND-NAME} list --open                    what runs now",
            "  ${ROOT-COMMAND-NAME} describe fra-1/worker-7        where a join stands, and why it failed",
            "  ${ROOT-COMMAND-NAME} join fra-1/worker-7 --wait     have a machine become a node",
            ""
        },
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Exit codes: 0 ok, 1 failed, 2 usage, 3 cannot reach, 4 not found, 5 still running, 6 rejected, 130 interrupted.",
            "Addresses: --config FILE, or NODEJOIN_CONFIG, KAFKA_BOOTSTRAP_SERVERS, TEMPORAL_ADDRESS, NODEJOIN_CLUSTER.",
            "Requests are signed with the key in --signing-key FILE, or NODEJOIN_SIGNING_KEY.",
            "Temporal: also TLS, API key and profile, by the variables and the file of the temporal command.",
            "In scripts: data is on standard output, progress on standard error; NO_COLOR and pipes have no colors."
        })
public final class Main {
    private static final String CARRIERS = "jdk.virtualThreadScheduler.parallelism";

    /** The launcher sets it to {@code kubectl nodejoin} if kubectl has called it. */
    private static final String COMMAND_NAME = "NODEJOIN_COMMAND_NAME";

    private static final int HELP_WIDTH = 100;

    private Main() {}

    /** Runs one command and exits with its exit code. */
    public static void main(String[] arguments) {
        run(arguments, Program.client());
    }

    /** As {@link #main}, for a program with commands of its own. */
    public static void run(String[] arguments, Program program) {
        // A virtual thread that loads a class pins its carrier; if all carriers are pinned, they can deadlock on a
        // thread that has none. Not more than needed: each wait of a carrier spins three times over as many queues.
        System.setProperty(CARRIERS, System.getProperty(CARRIERS, "128"));
        Map<String, String> environment = System.getenv();
        Terminal terminal = Terminal.ofProcess(environment);
        CommandLine root = new CommandLine(new Main());
        new Commands(new CommandContext(terminal, environment, Clock.systemUTC()), program).addNeeded(root, arguments);
        System.exit(configured(root, terminal, environment).execute(arguments));
    }

    /** Returns all commands of the client, with these streams and this environment. */
    public static CommandLine commandLine(Terminal terminal, Map<String, String> environment, Clock clock) {
        return commandLine(new CommandContext(terminal, environment, clock), Program.client());
    }

    /** Returns all commands of a program. */
    public static CommandLine commandLine(CommandContext context, Program program) {
        CommandLine root = new CommandLine(new Main());
        new Commands(context, program).addAll(root);
        return configured(root, context.terminal(), context.environment());
    }

    private static CommandLine configured(CommandLine root, Terminal terminal, Map<String, String> environment) {
        addStandardOptions(root);
        root.setCommandName(environment.getOrDefault(COMMAND_NAME, "nodejoin"));
        return root.setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(new PrintWriter(terminal.out(), true, terminal.out().charset()))
                .setErr(new PrintWriter(terminal.err(), true, terminal.err().charset()))
                .setUsageHelpWidth(HELP_WIDTH)
                .setColorScheme(CommandLine.Help.defaultColorScheme(terminal.color() ? Ansi.ON : Ansi.OFF))
                .setParameterExceptionHandler((refused, _) -> new UsageErrors(terminal).print(refused))
                .setExecutionExceptionHandler((failure, _, _) -> report(terminal, failure));
    }

    static void pause(Duration time) {
        LockSupport.parkNanos(time.toNanos());
    }

    private static void addStandardOptions(CommandLine command) {
        boolean withoutHelp =
                command.getCommand() instanceof HelpCommand || command.getCommand() instanceof ServiceOnlyCommand;
        command.getCommandSpec().mixinStandardHelpOptions(!withoutHelp).version(VersionCommand.version());
        command.getSubcommands().values().forEach(Main::addStandardOptions);
    }

    private static int report(Terminal terminal, Exception failure) {
        if (failure instanceof CliException expected) {
            terminal.err().println("nodejoin: " + expected.getMessage());
            return expected.exitCode();
        }
        // Made here, since few commands log anything.
        LoggerFactory.getLogger(Main.class).debug("the command failed", failure);
        terminal.err()
                .println("nodejoin: unexpected " + failure + "; NODEJOIN_LOG_LEVEL=DEBUG shows where it comes from");
        return ExitCodes.FAILED;
    }
}
