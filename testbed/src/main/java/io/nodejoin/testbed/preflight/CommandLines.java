package io.nodejoin.testbed.preflight;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The commands of all scripts, as {@code testbed/command-lines.txt} has them. That file is written from picocli's model, and a
 * test says when it is out of date.
 */
record CommandLines(Map<String, CommandSyntax> commands) {
    private static final String SECTION = "# ";

    static CommandLines read(Path repository) {
        Path file = repository.resolve("testbed/command-lines.txt");
        try {
            return parse(Files.readAllLines(file));
        } catch (IOException unreadable) {
            throw new UncheckedIOException("cannot read " + file, unreadable);
        }
    }

    static CommandLines parse(List<String> lines) {
        Map<String, CommandSyntax> commands = new LinkedHashMap<>();
        List<String> section = new ArrayList<>();
        for (String line : lines) {
            if (line.startsWith(SECTION)) {
                add(section, commands);
                section.clear();
                section.add(line.substring(SECTION.length()));
            } else {
                section.add(line);
            }
        }
        add(section, commands);
        return new CommandLines(commands);
    }

    private static void add(List<String> section, Map<String, CommandSyntax> commands) {
        if (!section.isEmpty()) {
            CommandSyntax command = CommandSyntax.parse(section);
            commands.put(command.name(), command);
        }
    }

    CommandSyntax script(String name) {
        return Objects.requireNonNull(commands.get(name), () -> "no script is called " + name);
    }

    Optional<CommandSyntax> subcommand(CommandSyntax of, String word) {
        return Optional.ofNullable(commands.get(of.name() + " " + word));
    }

    boolean hasSubcommands(CommandSyntax command) {
        return commands.keySet().stream().anyMatch(name -> name.startsWith(command.name() + " "));
    }
}
