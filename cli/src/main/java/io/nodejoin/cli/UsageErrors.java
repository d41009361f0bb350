package io.nodejoin.cli;

import io.nodejoin.client.config.NearestName;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says what is wrong with a command line in one line, with what was probably meant, and where the help is. */
final class UsageErrors {
    private final Terminal terminal;

    UsageErrors(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Returns the exit code. */
    int print(ParameterException refused) {
        CommandLine command = refused.getCommandLine();
        terminal.progress("nodejoin: " + message(refused));
        boolean nothingSaid = command.getParseResult().originalArgs().isEmpty();
        if (nothingSaid && !command.getSubcommands().isEmpty()) {
            command.usage(terminal.err());
        } else {
            terminal.progress("try: " + command.getCommandSpec().qualifiedName() + " --help");
        }
        return ExitCodes.USAGE;
    }

    private static String message(ParameterException refused) {
        if (!(refused instanceof UnmatchedArgumentException unmatched)) {
            return String.valueOf(refused.getMessage());
        }
        CommandLine command = refused.getCommandLine();
        String word = unmatched.getUnmatched().getFirst();
        String name = command.getCommandSpec().qualifiedName();
        if (word.startsWith("-")) {
            return "%s has no option %s%s".formatted(name, word, similar(word, options(command.getCommandSpec())));
        }
        if (!command.getSubcommands().isEmpty()) {
            return "%s has no command %s%s"
                    .formatted(
                            name, word, similar(word, command.getSubcommands().keySet()));
        }
        return node(command)
                .map(first -> "a node is one word: write %s/%s, or %s --cluster %s".formatted(first, word, word, first))
                .orElse("%s takes no argument %s".formatted(name, word));
    }

    private static String similar(String word, Collection<String> known) {
        return NearestName.of(word, known)
                .map(name -> "; did you mean " + name + "?")
                .orElse("");
    }

    private static List<String> options(CommandSpec command) {
        return command.options().stream()
                .flatMap(option -> List.of(option.names()).stream())
                .filter(name -> name.startsWith("--"))
                .collect(Collectors.toList());
    }

    /** Returns the word that was taken as the node, if the command takes one. */
    private static Optional<String> node(CommandLine command) {
        List<PositionalParamSpec> parameters = command.getCommandSpec().positionalParameters();
        boolean takesNode =
                parameters.size() == 1 && parameters.getFirst().paramLabel().equals(ClientOptions.NODE);
        return takesNode ? parameters.getFirst().originalStringValues().stream().findFirst() : Optional.empty();
    }
}
