package io.nodejoin.gateway.http;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.AnnotatedParameter;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.lang.reflect.Executable;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * JSON of the agent API. Input must be within limits and have each member of the contract once and no other; only a
 * {@code @Nullable} component may be absent. The agent has the same rules in a class of its own: the only module that
 * both see, protocol, has no JSON library.
 */
public final class StrictJson {
    /** The maximum length of a body, in bytes. */
    public static final int MAX_BODY = 256 * 1024;

    private static final int MAX_DEPTH = 12;
    private static final int MAX_NUMBER = 40;

    private final ObjectMapper mapper;

    public StrictJson() {
        StreamReadConstraints limits = StreamReadConstraints.builder()
                .maxNestingDepth(MAX_DEPTH)
                .maxStringLength(MAX_BODY)
                .maxNumberLength(MAX_NUMBER)
                .build();
        JsonFactory factory = JsonFactory.builder()
                .streamReadConstraints(limits)
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();
        this.mapper = JsonMapper.builder(factory)
                .addModule(new JavaTimeModule())
                .annotationIntrospector(new ComponentsAreRequired())
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
                .build();
    }

    /** Parses the value; empty if the body is not exactly one such value. */
    public <T> Optional<T> read(byte[] body, Class<T> type) {
        try {
            return Optional.ofNullable(mapper.readValue(body, type));
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    public byte[] write(Object value) {
        try {
            return mapper.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a record of the contract cannot be written", e);
        }
    }

    private static final class ComponentsAreRequired extends JacksonAnnotationIntrospector {
        @Override
        public @Nullable Boolean hasRequiredMarker(AnnotatedMember member) {
            return member instanceof AnnotatedParameter parameter
                    ? Boolean.valueOf(!nullable(parameter))
                    : super.hasRequiredMarker(member);
        }

        @Override
        public JsonSetter.Value findSetterInfo(Annotated annotated) {
            return annotated instanceof AnnotatedParameter parameter && !nullable(parameter)
                    ? JsonSetter.Value.forValueNulls(Nulls.FAIL, Nulls.FAIL)
                    : super.findSetterInfo(annotated);
        }

        private static boolean nullable(AnnotatedParameter parameter) {
            return parameter.getOwner().getMember() instanceof Executable executable
                    && executable.getAnnotatedParameterTypes()[parameter.getIndex()].isAnnotationPresent(
                            Nullable.class);
        }
    }
}
