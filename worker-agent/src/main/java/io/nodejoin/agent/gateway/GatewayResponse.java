package io.nodejoin.agent.gateway;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.Assignment;
import java.net.URI;

/** What came of a question to the gateway. */
public sealed interface GatewayResponse {
    /** There is a command. */
    record Assigned(Assignment assignment) implements GatewayResponse {}

    /**
     * There is a command that this agent does not understand as a whole.
     *
     * @param id empty if not even that can be read
     */
    record Unreadable(String id, String detail) implements GatewayResponse {}

    /** The gateway has taken it, or has nothing to say. Ask again at once. */
    record Accepted() implements GatewayResponse {}

    /** The gateway knows of no join for this agent yet. It has parked the question for a while, so ask again at once. */
    record NoJoinYet() implements GatewayResponse {}

    /** The join has succeeded, and there will be no more commands. */
    record Joined() implements GatewayResponse {}

    /** The gateway refuses; asking again soon does not help. */
    record Rejected(ErrorCode code, String detail) implements GatewayResponse {}

    /** There was no answer, or one that says "later". */
    record Unavailable(ErrorCode code, String detail) implements GatewayResponse {
        private static final int TOO_MANY_REQUESTS = 429;

        static Unavailable ofStatus(URI gateway, int status) {
            return new Unavailable(
                    status == TOO_MANY_REQUESTS ? ErrorCode.RATE_LIMITED : ErrorCode.GATEWAY_UNAVAILABLE,
                    gateway + " answers " + status);
        }
    }
}
