package io.nodejoin.testbed.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * When tokens ended and nodes registered, by the API server's own audit log: the instants at which it had answered.
 *
 * @param tokens the last deletion of each token's Secret, by token id: one may have been made anew
 * @param nodes the registration of each Node by itself, by name
 */
record TokenEnds(Map<String, Instant> tokens, Map<String, Instant> nodes) {
    private static final String TOKEN = "bootstrap-token-";
    private static final String NODE = "system:node:";

    TokenEnds {
        tokens = Map.copyOf(tokens);
        nodes = Map.copyOf(nodes);
    }

    static TokenEnds in(ApiAudit audit) {
        Map<String, Instant> tokens = new HashMap<>();
        Map<String, Instant> nodes = new HashMap<>();
        for (JsonNode event : audit.events()) {
            String name = event.at("/objectRef/name").asText();
            String user = ApiAudit.user(event);
            if (did(event, "delete", "secrets") && name.startsWith(TOKEN)) {
                tokens.put(name.substring(TOKEN.length()), time(event));
            } else if (did(event, "create", "nodes") && user.startsWith(NODE)) {
                nodes.putIfAbsent(user.substring(NODE.length()), time(event));
            }
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
