package io.nodejoin.agent.gateway;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nodejoin.agent.wire.JsonMappers;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import java.io.IOException;
import java.net.http.HttpResponse;

/** Parses responses by which the gateway rejects a request. */
final class RejectionParser {
    private final JsonMapper json = JsonMappers.tolerant();

    /** Returns the problem that the response names, or that its status means. */
    GatewayResponse.Rejected parse(HttpResponse<byte[]> response) {
        try {
            Problem problem = json.readValue(response.body(), Problem.class);
            if (problem.code() != null) {
                return new GatewayResponse.Rejected(problem.code(), problem.detail());
            }
        } catch (IOException e) {
            return rejectionOfStatus(response.statusCode());
        }
        return rejectionOfStatus(response.statusCode());
    }

    private static GatewayResponse.Rejected rejectionOfStatus(int status) {
        ErrorCode code = switch (status) {
            case 409 -> ErrorCode.AGENT_DUPLICATE_SESSION;
            case 403 -> ErrorCode.AGENT_IDENTITY_MISMATCH;
            default -> ErrorCode.COMMAND_UNKNOWN;
        };
        return new GatewayResponse.Rejected(code, "the gateway responds with " + status);
    }
}
