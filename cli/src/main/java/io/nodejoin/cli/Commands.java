package io.nodejoin.cli;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/**
 * The commands by their names, in the order of the help. Each is made when it is needed: a process runs one of them, and
 * to make them all takes longer than most of them take.
 */
final class Commands {
    /** Those that tell of all commands. */
    private static final Set<String> OF_ALL = Set.of("help", "completion");

    private final Map<String, Supplier<CommandLine>> byName = new LinkedHashMap<>();

    Commands(CommandContext context, Program program) {
        Terminal terminal = context.terminal();
        Map<String, String> environment = context.environment();
        Clock clock = context.clock();
        put("join", () -> new JoinCommand(terminal, environment, clock, new SecureRandom()));
        put("leave", () -> new LeaveCommand(terminal, environment, clock));
        put("abort", () -> new AbortCommand(terminal, environment, clock, Main::pause));
        put("retry", () -> new RetryCommand(terminal, environment, clock));
        put("resume", () -> new ResumeCommand(terminal, environment));
        put("extend", () -> new ExtendCommand(terminal, environment));
        put("list", () -> new ListCommand(terminal, environment, clock));
        put("status", () -> new StatusCommand(terminal, environment, clock, Main::pause));
        put("describe", () -> new DescribeCommand(terminal, environment, clock));
        put("logs", () -> new LogsCommand(terminal, environment, clock, Main::pause));
        put("agents", () -> new AgentsCommand(terminal, environment, clock));
        put("events", () -> new EventsCommand(terminal, environment, clock));
        putPools(terminal, environment, clock);
        putGroup(
                "dlt",
                DeadLetterCommands.Group::new,
                List.of(
                        () -> new DeadLetterCommands.ListLetters(terminal, environment, clock),
                        () -> new DeadLetterCommands.Show(terminal, environment),
                        () -> new DeadLetterCommands.Replay(terminal, environment)));
        putGroup(
                "tokens",
                TokenCommands.Group::new,
                List.of(
                        () -> new TokenCommands.ListTokens(terminal, environment, clock),
                        () -> new TokenCommands.Revoke(terminal, environment)));
        putGroup(
                "keys",
                KeyCommands.Group::new,
                List.of(
                        () -> new KeyCommands.New(terminal),
                        () -> new KeyCommands.ListKeys(terminal),
                        () -> new KeyCommands.Rotate(terminal)));
        putGroup(
                "payload-keys",
                PayloadKeyCommands.Group::new,
                List.of(
                        () -> new PayloadKeyCommands.New(terminal),
                        () -> new PayloadKeyCommands.ListKeys(terminal),
                        () -> new PayloadKeyCommands.UseKey(terminal),
                        () -> new PayloadKeyCommands.Remove(terminal)));
        putGroup(
                "cluster",
                ClusterCommands::new,
                List.of(() -> new ClusterPrepareCommand(terminal, clock), () -> new StaticPoliciesCommand(terminal)));
        put("doctor", () -> new DoctorCommand(context, program.checks(), new SecureRandom(), Main::pause));
        program.commands().forEach((name, command) -> put(name, () -> command.apply(context)));
        byName.put("help", Commands::help);
        put("completion", () -> new CompletionCommand(terminal));
        put("version", () -> new VersionCommand(terminal));
    }

    private void putPools(Terminal terminal, Map<String, String> environment, Clock clock) {
        putGroup(
                "pools",
                PoolCommands.Group::new,
                List.of(
                        () -> new PoolCommands.ListPools(terminal, environment),
                        () -> new PoolCommands.Describe(terminal, environment, clock),
                        () -> new PoolCommands.Drain(terminal, environment),
                        () -> new PoolCommands.Undrain(terminal, environment)));
        putGroup(
                "machines",
                MachineCommands.Group::new,
                List.of(
                        () -> new MachineCommands.ListMachines(terminal, environment, clock),
                        () -> new MachineCommands.Describe(terminal, environment, clock),
                        () -> new MachineOfferCommands.Offer(terminal, environment, clock, new SecureRandom()),
                        () -> new MachineOfferCommands.Withdraw(terminal, environment, clock)));
    }

    @Command(name = "cluster", header = "Prepares clusters.", synopsisSubcommandLabel = "COMMAND")
    private static final class ClusterCommands {}

    /** Adds all of them. */
    void addAll(CommandLine root) {
        byName.forEach((name, command) -> root.addSubcommand(name, command.get()));
    }

    /** Adds the one that this command line begins with, or all if it begins with none, or needs to know them all. */
    void addNeeded(CommandLine root, String... arguments) {
        String first = arguments.length == 0 ? "" : arguments[0];
        Supplier<CommandLine> command = byName.get(first);
        if (command == null || OF_ALL.contains(first)) {
            addAll(root);
        } else {
            root.addSubcommand(first, command.get());
        }
    }

    private static CommandLine help() {
        CommandLine help = new CommandLine(new HelpCommand());
        help.getCommandSpec()
                .usageMessage()
                .header(
                        "Shows the help of a command.",
                        "",
                        "Examples:",
                        "  ${ROOT-COMMAND-NAME} help status",
                        "  ${ROOT-COMMAND-NAME} help",
                        "");
        return help;
    }

    private void put(String name, Supplier<Object> command) {
        byName.put(name, () -> commandLine(command.get()));
    }

    private static CommandLine commandLine(Object command) {
        return command instanceof CommandLine made ? made : new CommandLine(command);
    }

    private void putGroup(String name, Supplier<Object> group, List<Supplier<Object>> members) {
        byName.put(name, () -> {
            CommandLine made = new CommandLine(group.get());
            members.forEach(member -> made.addSubcommand(member.get()));
            return made;
        });
    }
}
