package io.nodejoin.service.intake;

import com.networknt.schema.Error;
import io.nodejoin.protocol.Grammar;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * Describes a schema violation: the rule and the position, without untrusted text.
 *
 * @param document the whole schema
 */
record SchemaViolationText(Error error, JsonNode document) {
    private static final Grammar DATE_TIME =
            Grammar.of("\\d{4}-\\d{2}-\\d{2}[Tt]\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?([Zz]|[-+]\\d{2}:\\d{2})");
    private static final Grammar ADDRESS = Grammar.of("[0-9a-fA-F:.]+");

    String detail() {
        return subject() + " breaks the schema: " + rule();
    }

    /** Untrusted member names appear only in the pointer. */
    private String subject() {
        int depth = error.getInstanceLocation().getNameCount();
        if (depth == 0) {
            return "the data";
        }
        return depth > 1 && error.getInstanceLocation().getName(0).equals("labels")
                ? "the value of this label"
                : error.getInstanceLocation().toString();
    }

    private String rule() {
        JsonNode wanted = error.getSchemaNode();
        return switch (error.getKeyword()) {
            case "required" -> "the member '" + error.getProperty() + "' is missing";
            case "additionalProperties" -> "it has a member that the type does not have";
            case "propertyNames" -> "a label key " + keyRule(error.getProperty());
            case "minLength", "maxLength" -> lengthRule(text(), error.getKeyword(), wanted);
            case "pattern" -> patternRule(wanted.stringValue(), text());
            case "enum" -> "it is none of " + wanted + position(words(wanted));
            case "format" -> formatRule(wanted.stringValue());
            case "type" -> "it is not of type " + wanted;
            case "uniqueItems" -> "it contains an item twice";
            default -> "it breaks the rule '" + error.getKeyword() + "': " + wanted;
        };
    }

    private String keyRule(String key) {
        JsonNode labelKey = document.at("/$defs/labelKey");
        JsonNode longest = labelKey.path("maxLength");
        if (key.codePointCount(0, key.length()) > longest.intValue()) {
            return lengthRule(key, "maxLength", longest);
        }
        return Stream.of("/pattern", "/allOf/0/pattern")
                .map(pattern -> labelKey.at(pattern).stringValue())
                .filter(pattern -> grammar(pattern).firstMismatch(key).isPresent())
                .map(pattern -> patternRule(pattern, key))
                .findFirst()
                .orElse("is empty");
    }

    private static String lengthRule(String text, String keyword, JsonNode limit) {
        return "has " + text.codePointCount(0, text.length()) + " characters; "
                + (keyword.equals("minLength") ? "at least " : "at most ") + limit + " are allowed";
    }

    private static String patternRule(String pattern, String text) {
        return "does not match " + pattern + offset(grammar(pattern), text);
    }

    private String formatRule(String format) {
        return format.equals("date-time")
                ? "it is no date and time with offset by RFC 3339" + position(DATE_TIME)
                : "it is no IP address without port and zone" + position(ADDRESS);
    }

    private String position(Grammar grammar) {
        return error.getInstanceNode().isString() ? offset(grammar, text()) : "";
    }

    private String text() {
        return error.getInstanceNode().stringValue();
    }

    private static Grammar words(JsonNode enumeration) {
        return Grammar.of(enumeration
                .valueStream()
                .map(word -> Pattern.quote(word.stringValue()))
                .collect(Collectors.joining("|")));
    }

    /** Without anchors: a dollar sign also matches before a final line break. */
    private static Grammar grammar(String pattern) {
        return Grammar.of(pattern.replaceAll("^\\^|\\$$", ""));
    }

    private static String offset(Grammar grammar, String text) {
        OptionalInt offence = grammar.firstMismatch(text);
        return offence.isPresent() ? " at offset " + offence.getAsInt() : "";
    }
}
