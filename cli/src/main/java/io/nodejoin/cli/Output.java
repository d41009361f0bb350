package io.nodejoin.cli;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** The option -o of each command that prints data, and the one place that prints it. */
public final class Output {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "text, wide (more columns), json, yaml, or name (names only, one a line) (text)",
            defaultValue = "text")
    private OutputFormat format = OutputFormat.text;

    /** Facts that a command prints in two goes stand below each other. */
    private static final int MIN_NAME_WIDTH = 9;

    public Output() {}

    /** @param format the one that is meant if the command line names none */
    public Output(OutputFormat format) {
        this.format = format;
    }

    /** The form for people. */
    @FunctionalInterface
    interface TextForm {
        void print(boolean wide);
    }

    /** @param names what name prints, one a line */
    void print(Terminal terminal, Object data, Collection<String> names, TextForm text) {
        switch (format) {
            case text -> text.print(false);
            case wide -> text.print(true);
            case json -> terminal.json(data);
            case yaml -> terminal.yaml(data);
            case name -> names.forEach(terminal::data);
        }
    }

    /** Prints facts as lines for people. */
    void printFacts(Terminal terminal, String name, Map<String, Object> facts) {
        print(terminal, facts, List.of(name), _ -> printLines(terminal, facts));
    }

    static void printLines(Terminal terminal, Map<String, Object> facts) {
        int width = Math.max(
                MIN_NAME_WIDTH,
                facts.keySet().stream().mapToInt(String::length).max().orElse(0));
        facts.forEach((key, value) -> terminal.data(("%-" + width + "s  %s").formatted(key, value)));
    }

    /** Returns whether a program reads the data, and wants all of it. */
    boolean isStructured() {
        return format == OutputFormat.json || format == OutputFormat.yaml;
    }

    boolean isWide() {
        return format == OutputFormat.wide;
    }

    /** Returns what the command line wants. */
    public OutputFormat format() {
        return format;
    }
}
