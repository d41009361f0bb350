package io.nodejoin.protocol.golden;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;

/**
 * Finds what a newer JSON Schema, OpenAPI or AsyncAPI document takes from those who hold on to an older one. Texts for people may change,
 * and so may the rules for single values, which the golden files and the tests of bad requests keep.
 */
final class Compatibility {
    /** What has keys that are names of the contract, whatever the document's language calls the same word elsewhere. */
    private static final Set<String> NAMED = Set.of(
            "properties",
            "$defs",
            "schemas",
            "paths",
            "responses",
            "messages",
            "channels",
            "operations",
            "parameters",
            "content");

    private static final Set<String> FREE = Set.of(
            "$id",
            "$schema",
            "title",
            "description",
            "summary",
            "default",
            "example",
            "examples",
            "info",
            "servers",
            "pattern",
            "format",
            "minimum",
            "maximum",
            "minLength",
            "maxLength",
            "minItems",
            "maxItems",
            "maxProperties",
            "uniqueItems",
            "if",
            "then",
            "allOf",
            "partitions",
            "bindingVersion");

    private final List<String> breaks = new ArrayList<>();

    private Compatibility() {}

    /** What is broken, each with its place; empty if nothing is. */
    static List<String> breaks(JsonNode before, JsonNode now) {
        Compatibility found = new Compatibility();
        found.compare("", before, now);
        return List.copyOf(found.breaks);
    }

    private void compare(String place, JsonNode before, JsonNode now) {
        if (before.isObject() && now.isObject()) {
            compareObjects(place, before, now);
        } else if (before.isArray() && now.isArray()) {
            compareAlternatives(place, before, now);
        } else if (!before.equals(now)) {
            breaks.add("%s is %s instead of %s".formatted(place, now, before));
        }
    }

    private void compareObjects(String place, JsonNode before, JsonNode now) {
        before.properties().forEach(entry -> {
            String key = entry.getKey();
            String inner = place + "/" + key;
            JsonNode newer = now.path(key);
            if (NAMED.contains(key) && entry.getValue().isObject()) {
                compareNames(inner, entry.getValue(), newer);
            } else if (!FREE.contains(key) && !key.equals("required")) {
                compareKeyword(inner, entry.getValue(), newer);
            }
        });
        compareRequired(place, before.path("required"), now.path("required"));
    }

    private void compareKeyword(String place, JsonNode before, JsonNode now) {
        if (now.isMissingNode()) {
            breaks.add(place + " is gone");
        } else {
            compare(place, before, now);
        }
    }

    private void compareNames(String place, JsonNode before, JsonNode now) {
        before.properties()
                .forEach(named ->
                        compareKeyword(place + "/" + named.getKey(), named.getValue(), now.path(named.getKey())));
    }

    /** A list of names in a schema, a flag for a parameter or a body. */
    private void compareRequired(String place, JsonNode before, JsonNode now) {
        if (now.isArray()) {
            elements(now).stream()
                    .filter(member -> !elements(before).contains(member))
                    .forEach(member -> breaks.add("%s requires %s".formatted(place, member.asText())));
        } else if (now.asBoolean() && !before.asBoolean()) {
            breaks.add(place + " is required");
        }
    }

    /** Constants, alternatives, parameters: each must still be there, wherever; a new parameter may not be required. */
    private void compareAlternatives(String place, JsonNode before, JsonNode now) {
        elements(before).stream()
                .filter(old -> elements(now).stream()
                        .noneMatch(newer -> newer.getNodeType() == old.getNodeType()
                                && breaks(old, newer).isEmpty()))
                .forEach(old -> breaks.add("%s has %s no more".formatted(place, old.isTextual() ? old.asText() : old)));
        elements(now).stream()
                .filter(newer -> newer.path("required").asBoolean())
                .filter(newer -> elements(before).stream()
                        .noneMatch(old -> breaks(old, newer).isEmpty()))
                .forEach(newer -> breaks.add(
                        "%s requires %s".formatted(place, newer.path("name").asText())));
    }

    private static List<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }
}
