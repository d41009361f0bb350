package io.nodejoin.testbed.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The API server's audit log.
 *
 * @param log one JSON document per line, see https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/
 */
record ApiAuditLog(Path log) {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String SERVICE = "system:serviceaccount:nodejoin-system:nodejoin";
    private static final String TOKEN = "bootstrap-token-";
    private static final String NODE = "system:node:";

    /**
     * When tokens were deleted and nodes registered (time of the response).
     *
     * @param tokenDeletions last deletion of each token's Secret, by token id, since one may have been recreated
     * @param nodeRegistrations when the kubelet of each Node created it, or first reported its status, by name
     */
    record Times(Map<String, Instant> tokenDeletions, Map<String, Instant> nodeRegistrations) {}

    Times times() {
        Times times = new Times(new HashMap<>(), new HashMap<>());
        for (JsonNode event : events()) {
            String name = event.at("/objectRef/name").asText();
            String user = user(event);
            if (isResponseTo(event, "delete", "secrets") && name.startsWith(TOKEN)) {
                times.tokenDeletions().put(name.substring(TOKEN.length()), time(event));
            } else if (user.startsWith(NODE) && isRegistration(event)) {
                times.nodeRegistrations().putIfAbsent(user.substring(NODE.length()), time(event));
            }
        }
        return times;
    }

    /** The service's writes so far: verb and resource of each. */
    List<String> serviceWrites() {
        return events().stream()
                .filter(event -> user(event).equals(SERVICE))
                .map(ApiAuditLog::text)
                .toList();
    }

    private List<JsonNode> events() {
        try (MappingIterator<JsonNode> events = JSON.readerFor(JsonNode.class).readValues(log.toFile())) {
            return events.readAll();
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

    private static String user(JsonNode event) {
        return event.at("/user/username").asText();
    }

    private static boolean isRegistration(JsonNode event) {
        return isResponseTo(event, "create", "nodes") || (text(event).equals("patch nodes/status") && isSuccess(event));
    }

    private static boolean isSuccess(JsonNode event) {
        return event.at("/responseStatus/code").asInt() / 100 == 2;
    }

    private static boolean isResponseTo(JsonNode event, String verb, String resource) {
        return event.path("verb").asText().equals(verb)
                && event.at("/objectRef/resource").asText().equals(resource)
                && event.at("/objectRef/subresource").isMissingNode()
                && isSuccess(event);
    }

    private static Instant time(JsonNode event) {
        return Instant.parse(event.path("stageTimestamp").asText());
    }
}
