package io.nodejoin.workflows.join;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;
import java.time.Instant;

/** Whether a key was bound to the join. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "decision")
@JsonSubTypes({
    @JsonSubTypes.Type(name = "Bound", value = EnrollmentDecision.Bound.class),
    @JsonSubTypes.Type(name = "Refused", value = EnrollmentDecision.Refused.class)
})
public sealed interface EnrollmentDecision {

    /** The key is bound; the gateway may issue its certificate. */
    record Bound(JoinId joinId, Instant deadline) implements EnrollmentDecision {}

    /** Wrong secret, or another key is bound already. */
    record Refused(Problem problem) implements EnrollmentDecision {}
}
