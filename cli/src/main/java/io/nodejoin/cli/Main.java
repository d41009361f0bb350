package io.nodejoin.cli;

import io.nodejoin.service.wiring.EffectInterceptors;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The entry point of {@code nodejoin COMMAND}. */
@Command(
        name = "nodejoin",
        description = "Joins machines to Kubernetes clusters.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Exit codes: 0 ok, 1 failed, 2 usage, 3 cannot reach, 4 not found, 5 still running, 6 rejected, 130 interrupted."
        })
public final class Main {
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);

    private static final String CARRIERS = "jdk.virtualThreadScheduler.parallelism";

    private Main() {}

    @Command(name = "cluster", description = "Prepares clusters.", synopsisSubcommandLabel = "COMMAND")
    private static final class ClusterCommands {}

    /** Runs one command and exits with its exit code. */
    public static void main(String[] arguments) {
        run(arguments, EffectInterceptors.none());
    }

    /** As {@link #main}, with interceptors around the effects of the service. */
    public static void run(String[] arguments, EffectInterceptors interceptors) {
        // A virtual thread that loads a class pins its carrier; if all carriers are pinned, they can deadlock on a
        // thread that has none. Not more than needed: each wait of a carrier spins three times over as many queues.
        System.setProperty(CARRIERS, System.getProperty(CARRIERS, "128"));
        Map<String, String> environment = System.getenv();
        Terminal terminal = Terminal.ofProcess(environment);
        System.exit(commandLine(terminal, environment, Clock.systemUTC(), interceptors)
                .execute(arguments));
    }

    /** Returns the commands without interceptors, with these streams and this environment. */
    public static CommandLine commandLine(Terminal terminal, Map<String, String> environment, Clock clock) {
        return commandLine(terminal, environment, clock, EffectInterceptors.none());
    }

    private static CommandLine commandLine(
            Terminal terminal, Map<String, String> environment, Clock clock, EffectInterceptors interceptors) {
        CommandLine cluster =
                new CommandLine(new ClusterCommands()).addSubcommand(new ClusterPrepareCommand(terminal, clock));
        CommandLine root = new CommandLine(new Main())
                .addSubcommand(new ServeCommand(terminal, environment, clock, interceptors))
                .addSubcommand(new JoinCommand(terminal, environment, clock, new SecureRandom()))
                .addSubcommand(new StatusCommand(terminal, environment, Main::pause))
                .addSubcommand(new ListCommand(terminal, environment))
                .addSubcommand(new CancelCommand(terminal, environment, clock, Main::pause))
                .addSubcommand(new LeaveCommand(terminal, environment, clock))
                .addSubcommand(cluster)
                .addSubcommand(new DoctorCommand(terminal, clock, new SecureRandom(), Main::pause))
                .addSubcommand(new VersionCommand(terminal));
        withHelp(root);
        return root.setCaseInsensitiveEnumValuesAllowed(true)
                .setColorScheme(CommandLine.Help.defaultColorScheme(terminal.color() ? Ansi.ON : Ansi.OFF))
                .setParameterExceptionHandler((refused, _) -> refuse(terminal, refused))
                .setExecutionExceptionHandler((failure, _, _) -> report(terminal, failure));
    }

    private static void pause(Duration time) {
        LockSupport.parkNanos(time.toNanos());
    }

    private static void withHelp(CommandLine command) {
        command.getCommandSpec().mixinStandardHelpOptions(true);
        command.getSubcommands().values().forEach(Main::withHelp);
    }

    /** Prints one line, and no more, for a command whose usage text would hide it. */
    private static int refuse(Terminal terminal, ParameterException refused) {
        CommandLine command = refused.getCommandLine();
        terminal.err().println("nodejoin: " + refused.getMessage());
        UnmatchedArgumentException.printSuggestions(refused, terminal.err());
        if (command.getSubcommands().isEmpty()) {
            terminal.err().println("try: " + command.getCommandSpec().qualifiedName() + " --help");
        } else {
            command.usage(terminal.err());
        }
        return ExitCodes.USAGE;
    }

    private static int report(Terminal terminal, Exception failure) {
        if (failure instanceof CliException expected) {
            terminal.err().println("nodejoin: " + expected.getMessage());
            return expected.exitCode();
        }
        LOG.debug("the command failed", failure);
        terminal.err()
                .println("nodejoin: unexpected " + failure + "; NODEJOIN_LOG_LEVEL=DEBUG shows where it comes from");
        return ExitCodes.FAILED;
    }
}
