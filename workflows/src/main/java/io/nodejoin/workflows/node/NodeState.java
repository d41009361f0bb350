package io.nodejoin.workflows.node;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.nodejoin.protocol.Problem;
import java.time.Instant;

/** How far a Node has come. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "state")
@JsonSubTypes({
    @JsonSubTypes.Type(name = "Registered", value = NodeState.Registered.class),
    @JsonSubTypes.Type(name = "Ready", value = NodeState.Ready.class),
    @JsonSubTypes.Type(name = "Failed", value = NodeState.Failed.class)
})
public sealed interface NodeState {

    /** The Node exists and has acted as itself. */
    record Registered(String uid, Instant createdAt) implements NodeState {}

    /** The Node is Ready under the expected identity. */
    record Ready(String uid, Instant readyAt) implements NodeState {}

    /** Not in time, or not under the expected identity. */
    record Failed(Problem problem) implements NodeState {}
}
