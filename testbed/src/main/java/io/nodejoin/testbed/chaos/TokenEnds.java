package io.nodejoin.testbed.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * When tokens ended and nodes registered, by the API server's own audit log: the instants at which it had answered.
 *
 * @param tokens the deletion of each token's Secret, by token id
 * @param nodes the registration of each Node by itself, by name
 */
record TokenEnds(Map<String, Instant> tokens, Map<String, Instant> nodes) {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String TOKEN = "bootstrap-token-";
    private static final String NODE = "system:node:";

    TokenEnds {
        tokens = Map.copyOf(tokens);
        nodes = Map.copyOf(nodes);
    }

    /** @param log one JSON document per line */
    static TokenEnds in(Path log) {
        Map<String, Instant> tokens = new HashMap<>();
        Map<String, Instant> nodes = new HashMap<>();
        try (MappingIterator<JsonNode> events = JSON.readerFor(JsonNode.class).readValues(log.toFile())) {
            while (events.hasNext()) {
                JsonNode event = events.next();
                String name = event.at("/objectRef/name").asText();
                String user = event.at("/user/username").asText();
                if (did(event, "delete", "secrets") && name.startsWith(TOKEN)) {
                    tokens.putIfAbsent(name.substring(TOKEN.length()), time(event));
                } else if (did(event, "create", "nodes") && user.startsWith(NODE)) {
                    nodes.putIfAbsent(user.substring(NODE.length()), time(event));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + log, e);
        }
        return new TokenEnds(tokens, nodes);
    }

    private static boolean did(JsonNode event, String verb, String resource) {
        return event.path("verb").asText().equals(verb)
                && event.at("/objectRef/resource").asText().equals(resource)
                && event.at("/objectRef/subresource").isMissingNode()
                && event.at("/responseStatus/code").asInt() / 100 == 2;
    }

    private static Instant time(JsonNode event) {
        return Instant.parse(event.path("stageTimestamp").asText());
    }
}
