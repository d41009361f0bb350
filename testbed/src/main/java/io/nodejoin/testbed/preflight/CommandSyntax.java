package io.nodejoin.testbed.preflight;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How one command is called.
 *
 * @param name its words, the script's name first, such as "testbed host add"
 * @param options by their names with the dashes
 * @param positionals the labels of what must follow
 * @param rest the label of what may follow after that, as often as one likes, or empty
 * @param passesOn whether everything from the first unknown word on is for another program
 * @param help what {@code --help} prints
 */
record CommandSyntax(
        String name,
        Map<String, OptionSyntax> options,
        List<String> positionals,
        String rest,
        boolean passesOn,
        String help) {
    private static final String HELP_MARK = "|";

    /**
     * One option.
     *
     * @param label what its value must be like, see {@link ValueRule}; empty if it has none
     */
    record OptionSyntax(String label, boolean repeatable) {}

    CommandSyntax {
        options = Map.copyOf(options);
        positionals = List.copyOf(positionals);
    }

    /** Reads a section of the file: the name, then one line for each part, then the help. */
    static CommandSyntax parse(List<String> section) {
        Map<String, OptionSyntax> options = new LinkedHashMap<>();
        List<String> positionals = new ArrayList<>();
        StringBuilder help = new StringBuilder();
        String rest = "";
        boolean passesOn = false;
        for (String line : section.subList(1, section.size())) {
            String[] words = line.split(" ", 3);
            switch (words[0]) {
                case "flag" -> options.put(words[1], new OptionSyntax("", false));
                case "option" -> options.put(words[1], new OptionSyntax(words[2], false));
                case "options" -> options.put(words[1], new OptionSyntax(words[2], true));
                case "argument" -> positionals.add(words[1]);
                case "arguments" -> rest = words[1];
                case "passes-on" -> passesOn = true;
                default ->
                    help.append(line.substring(line.startsWith(HELP_MARK) ? 1 : 0))
                            .append('\n');
            }
        }
        return new CommandSyntax(
                section.getFirst(),
                options,
                positionals,
                rest,
                passesOn,
                help.toString().stripTrailing());
    }

    /** As people call it. */
    String script() {
        return name.startsWith("demo") ? "./" + name : "testbed/" + name;
    }

    Optional<OptionSyntax> option(String word) {
        return Optional.ofNullable(options.get(word));
    }

    /** The label of the argument at this place, if there may be one. */
    Optional<String> labelAt(int index) {
        if (index < positionals.size()) {
            return Optional.of(positionals.get(index));
        }
        return rest.isEmpty() ? Optional.empty() : Optional.of(rest);
    }
}
