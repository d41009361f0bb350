package io.nodejoin.testbed.apiproxy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** The response of a failing API server to a request. */
enum ApiFault {
    /** The request is executed, and its response is lost. */
    RESPONSE_LOST(0, "response lost", ""),
    CONFLICT(409, "Conflict", "Conflict"),
    EXPIRED(410, "Gone", "Expired"),
    TOO_MANY_REQUESTS(429, "Too Many Requests", "TooManyRequests"),
    INTERNAL_ERROR(500, "Internal Server Error", "InternalError"),
    UNAVAILABLE(503, "Service Unavailable", "ServiceUnavailable"),
    TIMEOUT(504, "Gateway Timeout", "Timeout"),
    /** It carries the call out after the caller has given it up. */
    LATE(0, "carried out late", "");

    private final int status;
    private final String phrase;
    private final String reason;

    ApiFault(int status, String phrase, String reason) {
        this.status = status;
        this.phrase = phrase;
        this.reason = reason;
    }

    /** Those that a real API server has for such a call: only who writes meets others, and only a watch is too old. */
    static List<ApiFault> applicableTo(ApiCall call) {
        return Stream.of(values())
                .filter(fault -> switch (fault) {
                    case RESPONSE_LOST -> !call.isWatch();
                    case LATE -> !call.isRead();
                    case CONFLICT -> !call.isRead() && !call.verb().equals("POST");
                    case EXPIRED -> call.isWatch();
                    case TOO_MANY_REQUESTS, INTERNAL_ERROR, UNAVAILABLE, TIMEOUT -> true;
                })
                .toList();
    }

    /** Returns the whole response, with the Status object of the API conventions. */
    byte[] response() {
        String body = """
                {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"answered by the fault proxy of the bed",\
                "reason":"%s","details":{"retryAfterSeconds":1},"code":%d}
                """.formatted(reason, status);
        String head = "HTTP/1.1 " + status + " " + phrase + "\r\nContent-Type: application/json\r\nRetry-After: 1\r\n"
                + "Content-Length: " + body.length() + "\r\nConnection: close\r\n\r\n";
        return (head + body).getBytes(StandardCharsets.US_ASCII);
    }

    /** For a report. */
    String description() {
        return status == 0 ? phrase : status + " " + reason;
    }
}
