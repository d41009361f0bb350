package io.nodejoin.workflows.lifecycle;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** An admitted request that concerns a node. A node has one workflow at a time, and the newest request wins. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "request")
@JsonSubTypes({
    @JsonSubTypes.Type(name = "Join", value = JoinRequest.class),
    @JsonSubTypes.Type(name = "Leave", value = LeaveRequest.class)
})
public sealed interface NodeRequest permits JoinRequest, LeaveRequest {

    /** Identifies the request; a redelivered one has the same. */
    JoinId joinId();

    /** A later request for the same node has a higher one. */
    Instant generation();

    /** The node that joins or leaves. */
    NodeRef node();

    /** The pool that the request names. */
    @Nullable PoolName pool();

    /** The deadline of the join, or of the drain. */
    Instant deadline();

    /** Returns whether this request may supersede one that names that pool, or none. */
    boolean mayReplace(@Nullable PoolName other);

    /** Returns whether this request supersedes one of that generation. Of two with the same, the first one stays. */
    default boolean isNewerThan(Instant other) {
        return generation().isAfter(other);
    }
}
