package io.nodejoin.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Completions for fish, which picocli has no generator for. */
final class FishCompletion {
    private final String program;
    private final StringBuilder script = new StringBuilder();

    private FishCompletion(String program) {
        this.program = program;
    }

    static String script(String program, CommandLine root) {
        FishCompletion completion = new FishCompletion(program);
        completion.script.append("complete -c %s -f%n".formatted(program));
        completion.add(root, List.of());
        return completion.script.toString();
    }

    /** @param path the commands that lead to this one */
    private void add(CommandLine command, List<String> path) {
        String here = path.isEmpty()
                ? "__fish_use_subcommand"
                : path.stream()
                        .map(word -> "__fish_seen_subcommand_from " + word)
                        .collect(Collectors.joining("; and "));
        command.getCommandSpec().options().forEach(option -> addOption(here, option));
        String children = String.join(" ", command.getSubcommands().keySet());
        String undecided = path.isEmpty() ? here : here + "; and not __fish_seen_subcommand_from " + children;
        command.getSubcommands().forEach((name, child) -> {
            script.append("complete -c %s -n '%s' -a %s -d '%s'%n".formatted(program, undecided, name, summary(child)));
            List<String> deeper = new ArrayList<>(path);
            deeper.add(name);
            add(child, deeper);
        });
    }

    private void addOption(String here, OptionSpec option) {
        script.append("complete -c %s -n '%s'".formatted(program, here));
        for (String name : option.names()) {
            script.append(name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1));
        }
        if (option.arity().max() > 0) {
            script.append(option.paramLabel().equals("FILE") ? " -r -F" : " -r" + words(option));
        }
        script.append(" -d '%s'%n".formatted(quoted(String.join(" ", option.description()))));
    }

    private static String words(OptionSpec option) {
        return option.completionCandidates() == null
                ? ""
                : StreamSupport.stream(option.completionCandidates().spliterator(), false)
                        .collect(Collectors.joining(" ", " -a '", "'"));
    }

    private static String summary(CommandLine command) {
        String[] header = command.getCommandSpec().usageMessage().header();
        return header.length == 0 ? "" : quoted(header[0]);
    }

    private static String quoted(String text) {
        return text.replace("'", "\\'");
    }
}
