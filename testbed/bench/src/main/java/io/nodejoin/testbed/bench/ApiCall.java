package io.nodejoin.testbed.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;

/**
 * A request to the API server, as its audit log has it.
 *
 * @param agent the client's name of itself
 * @param address the client's
 */
record ApiCall(
        Instant from, Instant to, String user, String agent, String address, String verb, String target, int status) {
    private static final String SERVICE = "system:serviceaccount:nodejoin-system:nodejoin";
    private static final String KUBELET = "kubelet/";

    static ApiCall of(JsonNode event) {
        return new ApiCall(
                Instant.parse(event.path("requestReceivedTimestamp").asText()),
                Instant.parse(event.path("stageTimestamp").asText()),
                event.at("/user/username").asText(),
                event.path("userAgent").asText(),
                event.at("/sourceIPs/0").asText(),
                event.path("verb").asText(),
                target(event),
                event.at("/responseStatus/code").asInt());
    }

    private static String target(JsonNode event) {
        JsonNode object = event.path("objectRef");
        if (object.isMissingNode()) {
            return event.path("requestURI").asText();
        }
        String resource = object.path("resource").asText();
        String part = object.path("subresource").asText();
        String name = object.path("name").asText();
        return resource + (part.isEmpty() ? "" : "/" + part) + (name.isEmpty() ? "" : " " + name);
    }

    /** The part of a join that has made it; a component of the cluster by its own name. */
    String who(String host) {
        if (user.equals(SERVICE)) {
            return "service";
        }
        if (address.equals(host)) {
            return agent.startsWith(KUBELET) ? "kubelet" : "agent";
        }
        return user.substring(user.lastIndexOf(':') + 1);
    }

    /** Verb and resource, or the whole path of what is no resource. */
    String kind() {
        int name = target.indexOf(' ');
        return verb + " " + (name < 0 ? target : target.substring(0, name));
    }

    String what() {
        return verb + " " + target + " -> " + status;
    }
}
