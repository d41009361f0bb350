package io.nodejoin.workflows.lifecycle;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.Problem;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Requests the abort of a join or a leave.
 *
 * @param reason why, for people
 * @param requestedBy the source of the event, or a person
 * @param generation the event's time: it does not apply to a later request, also if it is redelivered; absent from a
 *     person, whose abort applies to any request
 * @param pool the pool that a request must name for the abort to apply to it; absent means any
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AbortRequest(
        String reason,
        String requestedBy,
        @Nullable Instant generation,
        @Nullable PoolName pool) {

    /** Returns whether the abort applies to this request. */
    boolean appliesTo(NodeRequest request) {
        boolean inPool = pool == null || pool.equals(request.pool());
        return inPool && (generation == null || !request.isNewerThan(generation));
    }

    /** Returns the reason of an aborted request. */
    Problem toProblem() {
        return new Problem(ErrorCode.CANCELLED_BY_REQUEST, reason + " (requested by " + requestedBy + ")");
    }
}
