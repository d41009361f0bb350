package io.nodejoin.testbed.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** The service's writes to the API server, from its audit log. */
record ApiWrites(ApiAuditLog audit) {
    private static final String SERVICE = "system:serviceaccount:nodejoin-system:nodejoin";

    /** Returns the number of writes so far. */
    long number() {
        return all().size();
    }

    /** Returns the writes after the first so many: verb and resource of each, sorted. */
    List<String> after(long number) {
        return all().stream().skip(number).sorted().toList();
    }

    private List<String> all() {
        return audit.events().stream()
                .filter(event -> ApiAuditLog.user(event).equals(SERVICE))
                .map(ApiWrites::text)
                .toList();
    }

    private static String text(JsonNode event) {
        JsonNode object = event.path("objectRef");
        String part = object.path("subresource").asText();
        return event.path("verb").asText() + " " + object.path("resource").asText()
                + (part.isEmpty() ? "" : "/" + part);
    }
}
