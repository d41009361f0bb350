package io.nodejoin.testbed.preflight;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One call of a command whose words are right. */
final class Invocation {
    private final Map<String, List<String>> options = new LinkedHashMap<>();
    private final List<String> positionals = new ArrayList<>();
    private final CommandLines lines;
    private CommandSyntax command;

    private Invocation(CommandLines lines, CommandSyntax command) {
        this.lines = lines;
        this.command = command;
    }

    /** Reads the words of a call; refuses what the script does not know. */
    static Invocation parse(CommandLines lines, String script, List<String> words) {
        Invocation invocation = new Invocation(lines, lines.script(script));
        invocation.read(words);
        return invocation;
    }

    /** The words of the command after the script's name, such as "host add"; empty for a script without commands. */
    String verb() {
        String name = command.name();
        return name.contains(" ") ? name.substring(name.indexOf(' ') + 1) : "";
    }

    CommandSyntax command() {
        return command;
    }

    boolean wantsHelp() {
        return has("--help") || has("-h");
    }

    boolean wantsVersion() {
        return has("--version") || has("-V");
    }

    boolean has(String option) {
        return options.containsKey(option);
    }

    Optional<String> value(String option) {
        return Optional.ofNullable(options.get(option)).map(List::getFirst);
    }

    private void read(List<String> words) {
        int at = 0;
        boolean onlyArguments = false;
        while (at < words.size() && !wantsHelp() && !wantsVersion()) {
            String word = words.get(at);
            at++;
            Optional<CommandSyntax> subcommand =
                    onlyArguments || !positionals.isEmpty() ? Optional.empty() : lines.subcommand(command, word);
            if (subcommand.isPresent()) {
                command = subcommand.get();
            } else if (!onlyArguments && word.equals("--")) {
                onlyArguments = true;
            } else if (!onlyArguments && word.startsWith("-") && word.length() > 1 && !endsOurs(word)) {
                at = readOption(word, words, at);
            } else if (command.passesOn()) {
                return;
            } else {
                addArgument(word);
            }
        }
        requireAll();
    }

    /** Whether this option and all that follows is another program's. */
    private boolean endsOurs(String word) {
        return command.passesOn() && command.option(nameOf(word)).isEmpty();
    }

    private int readOption(String word, List<String> words, int next) {
        String name = nameOf(word);
        CommandSyntax.OptionSyntax option =
                command.option(name).orElseThrow(() -> Refusal.usage(command, "unknown option '" + name + "'"));
        boolean hasValue = !option.label().isEmpty();
        boolean attached = word.length() > name.length();
        if (!hasValue && attached) {
            throw Refusal.usage(command, name + " takes no value");
        }
        if (options.containsKey(name) && !option.repeatable()) {
            throw Refusal.usage(command, name + " is given twice");
        }
        List<String> values = options.computeIfAbsent(name, _ -> new ArrayList<>());
        if (!hasValue) {
            return next;
        }
        String value = attached ? word.substring(name.length() + 1) : follower(name, words, next);
        check(name, option.label(), value);
        values.add(value);
        return attached ? next : next + 1;
    }

    private String follower(String name, List<String> words, int next) {
        if (next >= words.size() || command.option(nameOf(words.get(next))).isPresent()) {
            throw Refusal.usage(command, name + " needs a value");
        }
        return words.get(next);
    }

    private void addArgument(String word) {
        if (lines.hasSubcommands(command)) {
            throw Refusal.usage(command, "unknown command '" + word + "'");
        }
        String label = command.labelAt(positionals.size())
                .orElseThrow(() -> Refusal.usage(command, "unexpected argument '" + word + "'"));
        check(label, label, word);
        positionals.add(word);
    }

    private void requireAll() {
        if (wantsHelp() || wantsVersion()) {
            return;
        }
        if (lines.hasSubcommands(command)) {
            throw Refusal.usage(command, "a command is missing");
        }
        if (positionals.size() < command.positionals().size()) {
            throw Refusal.usage(command, command.positionals().get(positionals.size()) + " is missing");
        }
    }

    private void check(String what, String label, String value) {
        ValueRule.broken(label, value).ifPresent(wrong -> {
            throw Refusal.usage(command, what + ": " + wrong);
        });
    }

    private static String nameOf(String word) {
        int equals = word.indexOf('=');
        return word.startsWith("-") && equals > 0 ? word.substring(0, equals) : word;
    }
}
