package io.nodejoin.agent.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nodejoin.agent.wire.JsonMappers;
import io.nodejoin.protocol.agent.EnrollmentResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Parses responses to enrollments: tolerates additional members as in any response, but not in the assignment. A command
 * that this agent does not understand leaves the certificate usable.
 */
final class EnrollmentParser {
    private static final String ASSIGNMENT = "assignment";

    private final JsonMapper json = JsonMappers.tolerant();
    private final AssignmentParser assignments = new AssignmentParser();

    /**
     * A parsed response.
     *
     * @param response without the assignment
     * @param command the assignment, as the response to a poll; empty if there is none
     */
    record Parsed(EnrollmentResponse response, Optional<GatewayResponse> command) {}

    Parsed parse(byte[] body) throws IOException {
        JsonNode tree = json.readTree(body);
        Optional<GatewayResponse> command = Optional.empty();
        if (tree instanceof ObjectNode object && object.hasNonNull(ASSIGNMENT)) {
            command = Optional.of(
                    assignments.parse(object.remove(ASSIGNMENT).toString().getBytes(StandardCharsets.UTF_8)));
        }
        return new Parsed(json.treeToValue(tree, EnrollmentResponse.class), command);
    }
}
