package io.nodejoin.testbed.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * When tokens were deleted and nodes registered, by the API server's audit log (time of the response).
 *
 * @param tokenDeletions last deletion of each token's Secret, by token id, since one may have been recreated
 * @param nodeRegistrations registration of each Node, by name
 */
record AuditedTimes(Map<String, Instant> tokenDeletions, Map<String, Instant> nodeRegistrations) {
    private static final String TOKEN = "bootstrap-token-";
    private static final String NODE = "system:node:";

    AuditedTimes {
        tokenDeletions = Map.copyOf(tokenDeletions);
        nodeRegistrations = Map.copyOf(nodeRegistrations);
    }

    static AuditedTimes parse(ApiAuditLog audit) {
        Map<String, Instant> tokens = new HashMap<>();
        Map<String, Instant> nodes = new HashMap<>();
        for (JsonNode event : audit.events()) {
            String name = event.at("/objectRef/name").asText();
            String user = ApiAuditLog.user(event);
            if (isResponseTo(event, "delete", "secrets") && name.startsWith(TOKEN)) {
                tokens.put(name.substring(TOKEN.length()), time(event));
            } else if (isResponseTo(event, "create", "nodes") && user.startsWith(NODE)) {
                nodes.putIfAbsent(user.substring(NODE.length()), time(event));
            }
        }
        return new AuditedTimes(tokens, nodes);
    }

    private static boolean isResponseTo(JsonNode event, String verb, String resource) {
        return event.path("verb").asText().equals(verb)
                && event.at("/objectRef/resource").asText().equals(resource)
                && event.at("/objectRef/subresource").isMissingNode()
                && event.at("/responseStatus/code").asInt() / 100 == 2;
    }

    private static Instant time(JsonNode event) {
        return Instant.parse(event.path("stageTimestamp").asText());
    }
}
