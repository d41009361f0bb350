package io.nodejoin.workflows.lifecycle;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Instant;

/** An admitted request that concerns a node. A node has one workflow at a time, and the newest request wins. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "request")
@JsonSubTypes({
    @JsonSubTypes.Type(name = "Join", value = JoinRequest.class),
    @JsonSubTypes.Type(name = "Leave", value = LeaveRequest.class)
})
public sealed interface NodeRequest permits JoinRequest, LeaveRequest {

    /** Identifies the request, however often it comes. */
    JoinId joinId();

    /** A later request for the same node has a higher one. */
    Instant generation();

    /** The node that it is for. */
    NodeRef node();

    /** Until when it may take. */
    Instant deadline();

    /** Whether this one takes the place of a request of that generation. Of two that are as old, the first one stays. */
    default boolean isNewerThan(Instant other) {
        return generation().isAfter(other);
    }
}
