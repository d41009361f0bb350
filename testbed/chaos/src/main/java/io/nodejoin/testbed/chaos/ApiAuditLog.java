package io.nodejoin.testbed.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The API server's audit log.
 *
 * @param log one JSON document per line, see https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/
 */
record ApiAuditLog(Path log) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** All events so far, in their order. */
    List<JsonNode> events() {
        try (MappingIterator<JsonNode> events = JSON.readerFor(JsonNode.class).readValues(log.toFile())) {
            return events.readAll();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + log, e);
        }
    }

    static String user(JsonNode event) {
        return event.at("/user/username").asText();
    }
}
