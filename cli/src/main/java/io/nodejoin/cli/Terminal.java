package io.nodejoin.cli;

import java.io.Console;
import java.io.PrintStream;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/**
 * The output of a command: data on standard output, progress and errors on standard error.
 *
 * @param color whether to print colors
 * @param answers asks a person a question and returns the answer; null if there is nobody to ask
 */
public record Terminal(
        PrintStream out,
        PrintStream err,
        boolean color,
        @Nullable UnaryOperator<String> answers) {
    /** Mappers are made when they are first needed: most commands need none. */
    private static final class Json {
        static final ObjectMapper MAPPER = JsonMapper.builder().build();
    }

    private static final class Yaml {
        static final ObjectMapper MAPPER = YAMLMapper.builder()
                .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
                .enable(YAMLWriteFeature.MINIMIZE_QUOTES)
                .build();
    }

    /** A terminal with nobody at it. */
    public Terminal(PrintStream out, PrintStream err, boolean color) {
        this(out, err, color, null);
    }

    /** Returns the process's own streams; with colors unless piped or {@code NO_COLOR} is set. */
    static Terminal ofProcess(Map<String, String> environment) {
        Optional<Console> person = Optional.ofNullable(System.console()).filter(Console::isTerminal);
        boolean color = person.isPresent()
                && environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !"dumb".equals(environment.get("TERM"));
        return new Terminal(
                System.out, System.err, color, person.map(Terminal::answers).orElse(null));
    }

    private static UnaryOperator<String> answers(Console console) {
        return question -> {
            System.err.print(question);
            System.err.flush();
            String answer = console.readLine();
            return answer == null ? "" : answer;
        };
    }

    /** Prints one line of data. */
    public void data(String line) {
        out.println(line);
    }

    void json(Object value) {
        out.println(Json.MAPPER.writeValueAsString(value));
    }

    void yaml(Object value) {
        out.print(Yaml.MAPPER.writeValueAsString(value));
    }

    /** Prints a JSON text as YAML. */
    void yamlOfJson(String json) {
        yaml(Json.MAPPER.readTree(json));
    }

    /** Prints a YAML text as JSON. */
    public void jsonOfYaml(String yaml) {
        json(Yaml.MAPPER.readTree(yaml));
    }

    /** Prints one line of progress, or of a failure. */
    public void progress(String line) {
        err.println(line);
    }

    String good(String text) {
        return color ? "\u001b[32m" + text + "\u001b[0m" : text;
    }

    String bad(String text) {
        return color ? "\u001b[31m" + text + "\u001b[0m" : text;
    }

    /** What somebody may skip. */
    String dim(String text) {
        return color ? "\u001b[2m" + text + "\u001b[0m" : text;
    }
}
