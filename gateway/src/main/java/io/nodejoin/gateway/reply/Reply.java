package io.nodejoin.gateway.reply;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A response of the agent API. A refusal reveals no more than the client may know. */
public record Reply(int status, @Nullable Object body, Map<String, String> headers) {
    private static final Problem NOT_RECOGNISED =
            new Problem(ErrorCode.AGENT_IDENTITY_MISMATCH, "the agent is not recognised here");
    private static final Problem REFUSED = new Problem(ErrorCode.ENROLLMENT_REFUSED, "the enrollment is refused");
    private static final Map<String, String> CLOSE = Map.of("Connection", "close");

    /** Returns the reply with one more header. */
    public Reply withHeader(String name, String value) {
        Map<String, String> more = new HashMap<>(headers);
        more.put(name, value);
        return new Reply(status, body, Map.copyOf(more));
    }

    public static Reply ok(Object body) {
        return new Reply(200, body, Map.of());
    }

    public static Reply accepted(Object body) {
        return new Reply(202, body, Map.of());
    }

    public static Reply noContent() {
        return new Reply(204, null, Map.of());
    }

    public static Reply badRequest(String detail) {
        return new Reply(400, new Problem(ErrorCode.COMMAND_UNKNOWN, detail), CLOSE);
    }

    /** The client certificate is missing or not valid, or belongs to a superseded join. */
    public static Reply unauthorized() {
        return new Reply(401, NOT_RECOGNISED, Map.of());
    }

    /** The certificate, or the requested object, belongs to another agent. */
    public static Reply forbidden() {
        return new Reply(403, NOT_RECOGNISED, Map.of());
    }

    public static Reply enrollmentRefused() {
        return new Reply(403, REFUSED, Map.of());
    }

    public static Reply notFound() {
        return new Reply(404, new Problem(ErrorCode.COMMAND_UNKNOWN, "there is no such route"), CLOSE);
    }

    public static Reply methodNotAllowed() {
        return new Reply(405, new Problem(ErrorCode.COMMAND_UNKNOWN, "only POST is served"), Map.of("Allow", "POST"));
    }

    /** The body was not complete in time. */
    public static Reply requestTimeout(Duration time) {
        return new Reply(
                408,
                new Problem(ErrorCode.COMMAND_UNKNOWN, "the body was not complete within " + time.toSeconds() + " s"),
                CLOSE);
    }

    public static Reply duplicateSession() {
        return new Reply(
                409, new Problem(ErrorCode.AGENT_DUPLICATE_SESSION, "another live agent has this identity"), Map.of());
    }

    /** No more commands will be sent to this certificate. */
    public static Reply gone() {
        return new Reply(410, null, Map.of());
    }

    public static Reply contentTooLarge(int maxBytes) {
        return new Reply(
                413, new Problem(ErrorCode.COMMAND_UNKNOWN, "the body is longer than " + maxBytes + " bytes"), CLOSE);
    }

    public static Reply tooManyRequests() {
        return new Reply(429, new Problem(ErrorCode.RATE_LIMITED, "too many attempts"), Map.of("Retry-After", "1"));
    }

    /** The request is valid; the client retries. */
    public static Reply serviceUnavailable() {
        return new Reply(
                503,
                new Problem(ErrorCode.GATEWAY_UNAVAILABLE, "the gateway cannot serve this request now; retry"),
                Map.of("Retry-After", "5"));
    }

    public static Reply internalError() {
        return new Reply(500, new Problem(ErrorCode.INTERNAL, "the gateway could not process the request"), CLOSE);
    }
}
