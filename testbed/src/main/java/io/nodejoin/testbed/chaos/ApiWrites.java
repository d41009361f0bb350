package io.nodejoin.testbed.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

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
        try (Stream<String> lines = Files.lines(log)) {
            return lines.map(ApiWrites::parsed)
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

    private static JsonNode parsed(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException("the API server's audit log is no JSON", e);
        }
    }
}
