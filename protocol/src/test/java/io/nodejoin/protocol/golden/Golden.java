package io.nodejoin.protocol.golden;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.nodejoin.protocol.join.JoinEventType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Reads golden files, schemas and documents from the class path. */
final class Golden {
    static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .build();

    private Golden() {}

    static String event(JoinEventType type) {
        return text("/golden/events/" + fileName(type));
    }

    static String agent(String name) {
        return text("/golden/agent/" + name + ".json");
    }

    static String schema(JoinEventType type) {
        return text("/io/nodejoin/protocol/schema/" + fileName(type));
    }

    static String fileName(JoinEventType type) {
        return type.type().replace("io.nodejoin.", "").replaceFirst("\\.", "-") + ".json";
    }

    static String text(String resource) {
        try (InputStream in = Objects.requireNonNull(Golden.class.getResourceAsStream(resource), resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
