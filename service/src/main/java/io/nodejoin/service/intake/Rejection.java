package io.nodejoin.service.intake;

import io.nodejoin.protocol.Problem;
import org.jspecify.annotations.Nullable;

/**
 * Why a record is rejected.
 *
 * @param problem the violated rule
 * @param field JSON Pointer of the invalid member, if the reason is a single member
 * @param request what could be parsed of the request
 */
public record Rejection(Problem problem, @Nullable String field, Sender request) {

    /**
     * What could be parsed of an invalid request.
     *
     * @param cluster valid or not, sanitized
     * @param nodeName valid or not, sanitized
     * @param requestId the CloudEvents id, sanitized
     * @param pool valid or not, sanitized
     * @param source the CloudEvents source, sanitized
     */
    public record Sender(
            @Nullable String cluster,
            @Nullable String nodeName,
            @Nullable String requestId,
            @Nullable String pool,
            @Nullable String source) {
        static final Sender UNKNOWN = new Sender(null, null, null, null, null);
    }
}
