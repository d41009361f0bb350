package io.nodejoin.client.config;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.nodejoin.protocol.ClusterName;
import java.io.IOException;
import java.io.Serial;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads and writes the YAML file of the service. */
public final class ConfigFile {
    private ConfigFile() {}

    /**
     * Reads the sections that this record has.
     *
     * @throws ConfigException for unknown keys, unless the record ignores them, duplicate keys and values out of range
     */
    public static <T> T read(Path file, Class<T> sections) throws ConfigException {
        try {
            return parse(Files.readString(file), sections);
        } catch (NoSuchFileException e) {
            throw new ConfigException("there is no configuration file " + file, e);
        } catch (IOException e) {
            throw new ConfigException("cannot read the configuration file " + file + ": " + e.getMessage(), e);
        } catch (ConfigException e) {
            throw new ConfigException(file + ": " + e.getMessage(), e.getCause());
        }
    }

    /** As {@link #read}, of the text of a file. */
    public static <T> T parse(String yaml, Class<T> sections) throws ConfigException {
        ObjectMapper mapper = mapper();
        try {
            KnownKeys.require(mapper, yaml, sections);
            T config = mapper.readValue(yaml, sections);
            if (config == null) {
                throw new ConfigException("is empty", null);
            }
            return config;
        } catch (JsonMappingException e) {
            throw new ConfigException(mappingMessage(e, mapper), e);
        } catch (JsonProcessingException e) {
            throw new ConfigException("is no YAML: " + e.getOriginalMessage() + location(e), e);
        } catch (IOException e) {
            throw new ConfigException("cannot be read: " + e.getMessage(), e);
        }
    }

    /** Writes the configuration with all its defaults, as a file that {@link #read} accepts. It has no secrets. */
    public static String write(Record config) {
        try {
            return mapper().writeValueAsString(config);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the configuration cannot be written as YAML", e);
        }
    }

    private static String mappingMessage(JsonMappingException e, ObjectMapper mapper) {
        String message = valueMessage(e, mapper);
        String path = path(e);
        boolean namesKey = path.isEmpty() || (message != null && message.startsWith(path));
        return (namesKey ? "" : path + ": ") + message + location(e);
    }

    private static String location(JsonProcessingException e) {
        return e.getLocation() == null ? "" : " (line " + e.getLocation().getLineNr() + ")";
    }

    private static String path(JsonMappingException e) {
        return e.getPath().stream()
                .map(step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : step.getFieldName())
                .collect(Collectors.joining("."));
    }

    /** Never the parser's own message about a value: it names classes. */
    private static @Nullable String valueMessage(JsonMappingException e, ObjectMapper mapper) {
        return switch (e) {
            case JsonMappingException _ when rule(e) != null -> rule(e);
            case InvalidFormatException format
            when format.getTargetType() == ClusterName.class ->
                "the name '%s' %s".formatted(format.getValue(), ClusterName.RULE);
            case InvalidFormatException format
            when format.getTargetType().isEnum() ->
                "'%s' is not allowed; %sallowed: %s"
                        .formatted(
                                format.getValue(), similar(format, mapper), String.join(", ", words(format, mapper)));
            case InvalidFormatException format -> "'%s' is no %s".formatted(format.getValue(), kind(format));
            case MismatchedInputException mismatch ->
                "has to be " + (mismatch.getTargetType() == null ? "something else" : article(kind(mismatch)));
            default -> e.getOriginalMessage();
        };
    }

    /** Returns the message of the record or name that refused the value, if one did. */
    private static @Nullable String rule(JsonMappingException e) {
        return e.getCause() instanceof IllegalArgumentException refused ? refused.getMessage() : null;
    }

    private static List<String> words(InvalidFormatException e, ObjectMapper mapper) {
        return Arrays.stream(e.getTargetType().getEnumConstants())
                .map(word -> mapper.convertValue(word, String.class))
                .toList();
    }

    private static String similar(InvalidFormatException e, ObjectMapper mapper) {
        return NearestName.of(String.valueOf(e.getValue()), words(e, mapper))
                .map(word -> "did you mean " + word + "? ")
                .orElse("");
    }

    private static String article(String kind) {
        return ("aeiou".indexOf(kind.charAt(0)) < 0 ? "a " : "an ") + kind;
    }

    private static String kind(MismatchedInputException e) {
        Class<?> type = e.getTargetType();
        if (type == Boolean.class || type == boolean.class) {
            return "value true or false";
        }
        if (Number.class.isAssignableFrom(type) || type.isPrimitive()) {
            return "whole number";
        }
        if (Map.class.isAssignableFrom(type)) {
            return "section of keys";
        }
        if (Collection.class.isAssignableFrom(type)) {
            return "list";
        }
        return switch (type.getSimpleName()) {
            case "Path" -> "file name";
            case "UUID" -> "UUID";
            case "URI" -> "URI";
            case "String", "Duration", "ListenAddress", "ArtifactDigest" -> "single value";
            default -> "section of keys";
        };
    }

    private static ObjectMapper mapper() {
        SimpleModule forms = new SimpleModule()
                .addDeserializer(Duration.class, new DurationDeserializer())
                .addSerializer(Duration.class, new DurationSerializer())
                .addSerializer(Path.class, ToStringSerializer.instance);
        return JsonMapper.builder(YAMLFactory.builder()
                        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                        // An enum value such as off is a string, not a boolean.
                        .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
                        .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                        .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                        .build())
                .addModule(forms)
                .defaultPropertyInclusion(
                        JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
                .build();
    }

    private static final class DurationDeserializer extends StdDeserializer<Duration> {
        @Serial
        private static final long serialVersionUID = 1L;

        DurationDeserializer() {
            super(Duration.class);
        }

        @Override
        public Duration deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            try {
                return Durations.parse(parser.getText());
            } catch (IllegalArgumentException e) {
                throw JsonMappingException.from(parser, e.getMessage(), e);
            }
        }
    }

    private static final class DurationSerializer extends StdSerializer<Duration> {
        @Serial
        private static final long serialVersionUID = 1L;

        DurationSerializer() {
            super(Duration.class);
        }

        @Override
        public void serialize(Duration duration, JsonGenerator generator, SerializerProvider provider)
                throws IOException {
            generator.writeString(Durations.format(duration));
        }
    }
}
