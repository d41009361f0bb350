package io.nodejoin.workflows.rejoin;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.event.JoinRequested;

/** The decision on a claim. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "decision")
@JsonSubTypes({
    @JsonSubTypes.Type(name = "Eligible", value = RejoinDecision.Eligible.class),
    @JsonSubTypes.Type(name = "Refused", value = RejoinDecision.Refused.class)
})
public sealed interface RejoinDecision {
    /**
     * The Node was created from this machine and waits for it.
     *
     * @param request the request of the join that created it
     */
    record Eligible(String nodeUid, JoinRequested request) implements RejoinDecision {}

    /** The machine may not rejoin. The machine does not learn why. */
    record Refused(Problem why) implements RejoinDecision {}
}
