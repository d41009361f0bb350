package io.nodejoin.testbed.check;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The audit log's whole lines. One that a kill has torn is none: its effect did not happen. */
final class AuditLogReader {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path file;

    AuditLogReader(Path file) {
        this.file = file;
    }

    List<ClusterSnapshot.AuditLine> lines() {
        if (!Files.exists(file)) {
            return List.of();
        }
        try {
            return Files.readAllLines(file).stream()
                    .flatMap(line -> parsed(line).stream())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    private static Optional<ClusterSnapshot.AuditLine> parsed(String line) {
        try {
            JsonNode entry = JSON.readTree(line);
            return Optional.of(new ClusterSnapshot.AuditLine(
                    Instant.parse(entry.path("time").asText()),
                    entry.path("join").asText(),
                    entry.path("action").asText(),
                    entry.path("object").asText()));
        } catch (JsonProcessingException _) {
            return Optional.empty();
        }
    }
}
