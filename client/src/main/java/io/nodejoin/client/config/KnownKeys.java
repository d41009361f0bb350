package io.nodejoin.client.config;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds the first key that no section of the configuration has. It runs before the sections are made, since a section
 * would report a mistyped key as a missing one. Keys of sections with {@link JsonIgnoreProperties} are somebody else's.
 */
final class KnownKeys {
    private final ObjectMapper mapper;
    private final JsonParser parser;
    private final Deque<String> path = new ArrayDeque<>();

    private KnownKeys(ObjectMapper mapper, JsonParser parser) {
        this.mapper = mapper;
        this.parser = parser;
    }

    /** Throws a {@link ConfigException} that names the unknown key, one that is like it, and all that are known there. */
    static void require(ObjectMapper mapper, String yaml, Class<?> root) throws IOException, ConfigException {
        try (JsonParser parser = mapper.createParser(yaml)) {
            parser.nextToken();
            new KnownKeys(mapper, parser).checkValue(mapper.constructType(root));
        }
    }

    private void checkValue(@Nullable JavaType type) throws IOException, ConfigException {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_ARRAY) {
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                checkValue(type == null ? null : type.getContentType());
            }
        } else if (token == JsonToken.START_OBJECT) {
            checkSection(type);
        }
    }

    private void checkSection(@Nullable JavaType type) throws IOException, ConfigException {
        if (type == null || type.isMapLikeType()) {
            checkEntries(type == null ? null : type.getContentType());
            return;
        }
        Map<String, JavaType> known = keys(type);
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            JavaType content = known.get(key);
            if (content != null) {
                checkContent(key, content);
            } else if (type.getRawClass().isAnnotationPresent(JsonIgnoreProperties.class)) {
                parser.nextToken();
                parser.skipChildren();
            } else {
                throw unknown(key, known);
            }
        }
    }

    /** The keys of a map are names. */
    private void checkEntries(@Nullable JavaType content) throws IOException, ConfigException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            checkContent(parser.currentName(), content);
        }
    }

    private void checkContent(String key, @Nullable JavaType content) throws IOException, ConfigException {
        parser.nextToken();
        path.addLast(key);
        checkValue(content);
        path.removeLast();
    }

    private Map<String, JavaType> keys(JavaType section) {
        return mapper.getDeserializationConfig().introspect(section).findProperties().stream()
                .collect(Collectors.toMap(
                        BeanPropertyDefinition::getName,
                        BeanPropertyDefinition::getPrimaryType,
                        (first, _) -> first,
                        TreeMap::new));
    }

    private ConfigException unknown(String key, Map<String, JavaType> known) {
        String section = path.stream().map(step -> step + ".").collect(Collectors.joining());
        String similar = NearestName.of(key, known.keySet())
                .map(name -> "did you mean " + name + "? ")
                .orElse("");
        return new ConfigException(
                "%s%s is not a known key; %sknown keys here: %s (line %d)"
                        .formatted(
                                section,
                                key,
                                similar,
                                String.join(", ", known.keySet()),
                                parser.currentLocation().getLineNr()),
                null);
    }
}
