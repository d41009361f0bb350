package io.nodejoin.service.main;

import io.nodejoin.cli.CommandContext;
import io.nodejoin.cli.Main;
import io.nodejoin.cli.Program;
import io.nodejoin.service.wiring.EffectInterceptors;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.function.Function;
import picocli.CommandLine;

/** The entry point of the service's program: the commands of the client, and those that need the service. */
public final class ServiceMain {
    private ServiceMain() {}

    /** Runs one command and exits with its exit code. */
    public static void main(String[] arguments) {
        run(arguments, EffectInterceptors.none());
    }

    /** As {@link #main}, with interceptors around the effects of the service. */
    public static void run(String[] arguments, EffectInterceptors interceptors) {
        Main.run(arguments, program(interceptors));
    }

    /** Returns what the program has beside the client. */
    static Program program(EffectInterceptors interceptors) {
        SequencedMap<String, Function<CommandContext, Object>> commands = new LinkedHashMap<>();
        commands.put("serve", context -> new ServeCommand(context, interceptors));
        commands.put(
                "config",
                context -> new CommandLine(new ConfigCommands.Group())
                        .addSubcommand(new ConfigCommands.Print(context))
                        .addSubcommand(new ConfigCommands.Check(context)));
        return new Program(
                commands,
                (file, context) -> new SignInCheck(ConfigCommands.ConfigOption.read(file), context.clock())
                        .run().stream().toList());
    }
}
