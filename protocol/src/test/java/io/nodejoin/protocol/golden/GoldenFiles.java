package io.nodejoin.protocol.golden;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.nodejoin.protocol.event.LifecycleEventType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Reads golden files, schemas and documents from the class path. */
final class GoldenFiles {
    static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .build();

    private GoldenFiles() {}

    static String readEvent(LifecycleEventType type) {
        return readResource("/golden/events/" + fileName(type));
    }

    static String readAgentMessage(String name) {
        return readResource("/golden/agent/" + name + ".json");
    }

    static String readSchema(LifecycleEventType type) {
        return readResource("/io/nodejoin/protocol/schema/" + fileName(type));
    }

    static String fileName(LifecycleEventType type) {
        return type.cloudEventType().replace("io.nodejoin.", "").replaceFirst("\\.", "-") + ".json";
    }

    static String readResource(String resource) {
        try (InputStream in = Objects.requireNonNull(GoldenFiles.class.getResourceAsStream(resource), resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
