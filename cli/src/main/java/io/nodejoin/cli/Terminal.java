package io.nodejoin.cli;

import java.io.Console;
import java.io.PrintStream;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * The output of a command: data on standard output, progress and errors on standard error.
 *
 * @param color whether to print colors
 */
public record Terminal(PrintStream out, PrintStream err, boolean color) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Returns the process's own streams; with colors unless piped or {@code NO_COLOR} is set. */
    static Terminal ofProcess(Map<String, String> environment) {
        boolean color = Optional.ofNullable(System.console())
                        .filter(Console::isTerminal)
                        .isPresent()
                && environment.getOrDefault("NO_COLOR", "").isEmpty();
        return new Terminal(System.out, System.err, color);
    }

    /** Prints one line of data. */
    void data(String line) {
        out.println(line);
    }

    void json(Object value) {
        out.println(JSON.writeValueAsString(value));
    }

    void progress(String line) {
        err.println(line);
    }

    String good(String text) {
        return color ? "\u001b[32m" + text + "\u001b[0m" : text;
    }

    String bad(String text) {
        return color ? "\u001b[31m" + text + "\u001b[0m" : text;
    }
}
