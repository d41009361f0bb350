package io.nodejoin.agent.containerd;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The text of a TOML file, in which single values can be read and set while the rest stays unchanged. Throws for any
 * construct that it cannot change safely.
 */
record TomlDocument(List<Line> lines) {
    private static final Pattern KEY = Pattern.compile("\\s*(?:\"([^\"\\\\]*)\"|'([^']*)'|([-A-Za-z0-9_]+))\\s*");
    private static final Pattern BARE = Pattern.compile("[-A-Za-z0-9_]+");
    private static final Pattern STRING = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"|'([^']*)'");
    private static final String INDENT = "  ";

    TomlDocument {
        lines = List.copyOf(lines);
    }

    /** The kind of a line: a table header, a value, a continuation of a value, or another line. */
    sealed interface Line {
        String text();

        record Table(String text, List<String> path) implements Line {}

        /**
         * A key and its value.
         *
         * @param path path of the key from the root of the file
         * @param dotted whether the key itself is a path
         */
        record Value(String text, List<String> path, boolean dotted, String value) implements Line {}

        record Other(String text) implements Line {}
    }

    /**
     * Parses the text.
     *
     * @throws IllegalArgumentException if the text is not TOML, or contains unsupported constructs
     */
    static TomlDocument parse(String text) {
        List<Line> lines = new ArrayList<>();
        List<String> table = List.of();
        List<String> source = text.lines().toList();
        for (int i = 0; i < source.size(); i++) {
            String line = source.get(i);
            String stripped = line.strip();
            if (stripped.isEmpty() || stripped.startsWith("#")) {
                lines.add(new Line.Other(line));
            } else if (stripped.startsWith("[")) {
                int brackets = stripped.startsWith("[[") ? 2 : 1;
                table = parseKeyPath(stripped.substring(brackets), ']').path();
                lines.add(brackets == 1 ? new Line.Table(line, table) : new Line.Other(line));
            } else {
                KeyPath keys = parseKeyPath(stripped, '=');
                StringBuilder value = new StringBuilder(stripComment(keys.rest()));
                List<Line> further = new ArrayList<>();
                while (openBrackets(value) > 0 && i + 1 < source.size()) {
                    i++;
                    value.append(' ').append(stripComment(source.get(i)));
                    further.add(new Line.Other(source.get(i)));
                }
                List<String> path = new ArrayList<>(table);
                path.addAll(keys.path());
                lines.add(new Line.Value(
                        line, path, keys.path().size() > 1, value.toString().strip()));
                lines.addAll(further);
            }
        }
        return new TomlDocument(lines);
    }

    /** Returns the text. */
    String text() {
        return lines.stream().map(line -> line.text() + "\n").collect(Collectors.joining());
    }

    /** Returns whether it has no values. */
    boolean isBlank() {
        return lines.stream().allMatch(Line.Other.class::isInstance);
    }

    /** Returns the value of a key as it is written. */
    Optional<String> value(List<String> path) {
        return lines.stream()
                .filter(Line.Value.class::isInstance)
                .map(Line.Value.class::cast)
                .filter(line -> line.path().equals(path))
                .map(Line.Value::value)
                .findFirst();
    }

    /** Returns the string value of a key, if it has one. */
    Optional<String> string(List<String> path) {
        return value(path)
                .map(STRING::matcher)
                .filter(Matcher::matches)
                .map(found -> Optional.ofNullable(found.group(1)).orElseGet(() -> found.group(2)));
    }

    /** Returns whether the table, or one inside it, exists. */
    boolean hasTable(List<String> table) {
        return lines.stream().anyMatch(line -> switch (line) {
            case Line.Table head -> startsWith(head.path(), table);
            case Line.Value value -> startsWith(value.path(), table);
            case Line.Other _ -> false;
        });
    }

    /**
     * Returns the document with this value for a key of a table.
     *
     * @throws IllegalArgumentException if an inline table or dotted keys prevent it
     */
    TomlDocument withValue(List<String> table, String key, String value) {
        List<String> path = new ArrayList<>(table);
        path.add(key);
        List<Line> changed = new ArrayList<>(lines);
        int head = -1;
        for (int i = 0; i < lines.size(); i++) {
            switch (lines.get(i)) {
                case Line.Value found
                when found.path().equals(path) -> {
                    requireSingleLine(found);
                    changed.set(i, new Line.Value(replaceValue(found.text(), value), path, found.dotted(), value));
                    return new TomlDocument(changed);
                }
                case Line.Value found -> requireNoConflict(found, table, path);
                case Line.Table found when found.path().equals(table) -> head = i;
                case Line.Table _, Line.Other _ -> {}
            }
        }
        insert(changed, head, table, new Line.Value(key + " = " + value, path, false, value));
        return new TomlDocument(changed);
    }

    /** Keys outside of all tables must precede the tables. */
    private static void insert(List<Line> lines, int head, List<String> table, Line.Value value) {
        if (table.isEmpty()) {
            lines.addFirst(value);
        } else if (head >= 0) {
            String indent = lines.get(head).text().replaceAll("\\[.*", "") + INDENT;
            lines.add(head + 1, new Line.Value(indent + value.text(), value.path(), false, value.value()));
        } else {
            lines.add(new Line.Table(
                    "[" + table.stream().map(TomlDocument::quoted).collect(Collectors.joining(".")) + "]", table));
            lines.add(new Line.Value(INDENT + value.text(), value.path(), false, value.value()));
        }
    }

    private static String replaceValue(String line, String value) {
        return line.substring(0, line.indexOf('=') + 1) + " " + value;
    }

    private static void requireSingleLine(Line.Value found) {
        if (found.value().startsWith("[") || found.value().startsWith("{")) {
            throw unsupported(found);
        }
    }

    private static void requireNoConflict(Line.Value found, List<String> table, List<String> path) {
        boolean inlineTable = startsWith(path, found.path());
        boolean dottedTable = found.dotted() && startsWith(found.path(), table) && !table.isEmpty();
        if (inlineTable || dottedTable || startsWith(found.path(), path)) {
            throw unsupported(found);
        }
    }

    private static IllegalArgumentException unsupported(Line.Value found) {
        return new IllegalArgumentException(
                "'" + String.join(".", found.path()) + "' is written in a form that only its owner can change");
    }

    private static boolean startsWith(List<String> path, List<String> first) {
        return path.size() >= first.size() && path.subList(0, first.size()).equals(first);
    }

    private static String quoted(String key) {
        return BARE.matcher(key).matches() ? key : "\"" + key + "\"";
    }

    private record KeyPath(List<String> path, String rest) {}

    private static KeyPath parseKeyPath(String text, char end) {
        List<String> path = new ArrayList<>();
        Matcher key = KEY.matcher(text);
        int at = 0;
        while (key.find(at) && key.start() == at && key.end() < text.length()) {
            path.add(Optional.ofNullable(key.group(1))
                    .or(() -> Optional.ofNullable(key.group(2)))
                    .orElseGet(() -> key.group(3)));
            at = key.end() + 1;
            char next = text.charAt(key.end());
            if (next == end) {
                return new KeyPath(path, text.substring(at));
            }
            if (next != '.') {
                break;
            }
        }
        throw new IllegalArgumentException("the line '" + text + "' is not understood");
    }

    /** Returns the number of open brackets in a value. */
    private static int openBrackets(CharSequence value) {
        String bare = STRING.matcher(value).replaceAll("");
        if (bare.contains("\"") || bare.contains("'")) {
            throw new IllegalArgumentException("the value '" + value + "' is not understood");
        }
        return (int) (bare.chars().filter(c -> c == '[' || c == '{').count()
                - bare.chars().filter(c -> c == ']' || c == '}').count());
    }

    private static String stripComment(String text) {
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote == 0 && c == '#') {
                return text.substring(0, i);
            }
            if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
            } else if (c == quote && (quote == '\'' || text.charAt(i - 1) != '\\')) {
                quote = 0;
            }
        }
        return text;
    }
}
