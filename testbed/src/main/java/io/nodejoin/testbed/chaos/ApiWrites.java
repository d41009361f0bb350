package io.nodejoin.testbed.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What the service has written at the API server, by the API server's own audit log.
 *
 * @param log one JSON document per line, see https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/
 */
record ApiWrites(Path log) {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String SERVICE = "system:serviceaccount:nodejoin-system:nodejoin";

    /** How many there are so far. */
    long number() {
        return all().size();
    }

    /** Those that came after so many: verb and resource of each, sorted. */
    List<String> after(long number) {
        return all().stream().skip(number).sorted().toList();
    }

    private List<String> all() {
        try (MappingIterator<JsonNode> events = JSON.readerFor(JsonNode.class).readValues(log.toFile())) {
            return events.readAll().stream()
                    .filter(event -> event.at("/user/username").asText().equals(SERVICE))
                    .map(ApiWrites::text)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + log, e);
        }
    }

    private static String text(JsonNode event) {
        JsonNode object = event.path("objectRef");
        String part = object.path("subresource").asText();
        return event.path("verb").asText() + " " + object.path("resource").asText()
                + (part.isEmpty() ? "" : "/" + part);
    }
}
