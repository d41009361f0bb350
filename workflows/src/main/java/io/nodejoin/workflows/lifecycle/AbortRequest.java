package io.nodejoin.workflows.lifecycle;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Asks that a join be given up.
 *
 * @param reason why, for people
 * @param requestedBy who asked: an event's source, or a person
 * @param generation the event's time: it means no request that was made later, however often it is read; absent from a person,
 *     who means whatever there is
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AbortRequest(
        String reason, String requestedBy, @Nullable Instant generation) {

    /** Whether this request is meant. */
    boolean appliesTo(NodeRequest request) {
        return generation == null || !request.isNewerThan(generation);
    }

    /** Why a request ends that is meant. */
    Problem toProblem() {
        return new Problem(ErrorCode.CANCELLED_BY_REQUEST, reason + " (asked for by " + requestedBy + ")");
    }
}
