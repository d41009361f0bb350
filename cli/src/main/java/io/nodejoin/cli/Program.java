package io.nodejoin.cli;

import io.nodejoin.cli.doctor.CheckResult;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Function;

/**
 * What a program has beside the commands of the client.
 *
 * @param commands its own commands by their names, in the order of the help; each makes an object, or a command line, of picocli
 * @param checks what its doctor checks of a service's file, beside Kafka and Temporal
 */
public record Program(SequencedMap<String, Function<CommandContext, Object>> commands, DoctorChecks checks) {
    /** Checks of {@code nodejoin doctor --config FILE}. */
    @FunctionalInterface
    public interface DoctorChecks {
        /** Runs them on this file. Throws {@link CliException} if it cannot be read. */
        List<CheckResult> run(Path file, CommandContext context);
    }

    /** Returns the client alone. It says of the commands of the service where they are. */
    static Program client() {
        SequencedMap<String, Function<CommandContext, Object>> commands = new LinkedHashMap<>();
        List.of("serve", "config")
                .forEach(name -> commands.put(name, context -> new ServiceOnlyCommand(name, context.terminal())));
        return new Program(commands, (_, _) -> List.of());
    }
}
