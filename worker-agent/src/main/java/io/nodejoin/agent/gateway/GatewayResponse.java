package io.nodejoin.agent.gateway;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.Assignment;
import java.net.URI;

/** The gateway's response to a request, or its absence. */
public sealed interface GatewayResponse {
    /** There is a command. */
    record Assigned(Assignment assignment) implements GatewayResponse {}

    /**
     * There is a command that this agent cannot fully parse.
     *
     * @param id empty if the id cannot be parsed either
     */
    record Unreadable(String id, String detail) implements GatewayResponse {}

    /** The gateway has accepted the report, or has no command. The agent polls again immediately. */
    record Accepted() implements GatewayResponse {}

    /**
     * The gateway knows no join for this agent yet. It has held the request for a while, so the agent polls again
     * immediately.
     */
    record NoJoinYet() implements GatewayResponse {}

    /** The join has succeeded, and there will be no more commands. */
    record Joined() implements GatewayResponse {}

    /** The gateway rejects the request; a retry soon after does not help. */
    record Rejected(ErrorCode code, String detail) implements GatewayResponse {}

    /** There was no response, or one that asks to retry later. */
    record Unavailable(ErrorCode code, String detail) implements GatewayResponse {
        private static final int TOO_MANY_REQUESTS = 429;

        static Unavailable ofStatus(URI gateway, int status) {
            return new Unavailable(
                    status == TOO_MANY_REQUESTS ? ErrorCode.RATE_LIMITED : ErrorCode.GATEWAY_UNAVAILABLE,
                    gateway + " answers " + status);
        }
    }
}
