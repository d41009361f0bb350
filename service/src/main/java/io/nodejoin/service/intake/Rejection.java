package io.nodejoin.service.intake;

import io.nodejoin.protocol.Problem;
import org.jspecify.annotations.Nullable;

/**
 * Why a record cannot be used.
 *
 * @param problem the rule that is broken
 * @param field JSON Pointer of the offending member, if it is one member
 * @param request what could be read of the request
 */
public record Rejection(Problem problem, @Nullable String field, Sender request) {

    /**
     * What could be read of a request that may be broken anywhere.
     *
     * @param cluster valid or not, without what is not plain text
     * @param nodeName likewise
     * @param requestId the CloudEvents id, likewise
     */
    public record Sender(
            @Nullable String cluster,
            @Nullable String nodeName,
            @Nullable String requestId) {
        static final Sender UNKNOWN = new Sender(null, null, null);
    }
}
