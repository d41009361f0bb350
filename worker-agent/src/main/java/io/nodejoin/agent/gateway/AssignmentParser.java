package io.nodejoin.agent.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nodejoin.agent.wire.JsonMappers;
import io.nodejoin.protocol.agent.Assignment;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Parses assignments of the gateway: rejects whatever differs from the contract. */
final class AssignmentParser {
    /** The id becomes a part of a path. */
    private static final Pattern ID = Pattern.compile("[-A-Za-z0-9]{1,128}");

    private static final int MAX_REASON_LENGTH = 300;

    private final JsonMapper json = JsonMappers.strict();

    GatewayResponse parse(byte[] body) {
        try {
            @Nullable Assignment assignment = json.readValue(body, Assignment.class);
            return assignment != null && isId(assignment.id())
                    ? new GatewayResponse.Assigned(assignment)
                    : new GatewayResponse.Unreadable("", "there is no assignment with an id in it");
        } catch (IOException e) {
            return new GatewayResponse.Unreadable(parseId(body).orElse(""), reason(e));
        }
    }

    private Optional<String> parseId(byte[] body) {
        try {
            return Optional.of(json.readTree(body).path("id").asText()).filter(AssignmentParser::isId);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static boolean isId(String id) {
        return ID.matcher(id).matches();
    }

    private static String reason(IOException e) {
        String reason =
                e instanceof JsonProcessingException json ? json.getOriginalMessage() : String.valueOf(e.getMessage());
        return reason.length() <= MAX_REASON_LENGTH ? reason : reason.substring(0, MAX_REASON_LENGTH) + "…";
    }
}
