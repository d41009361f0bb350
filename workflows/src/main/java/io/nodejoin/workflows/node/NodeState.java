package io.nodejoin.workflows.node;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.nodejoin.protocol.Problem;
import java.time.Instant;

/** The state of a Node that a join waits for. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "state")
@JsonSubTypes({
    @JsonSubTypes.Type(name = "Registered", value = NodeState.Registered.class),
    @JsonSubTypes.Type(name = "Ready", value = NodeState.Ready.class),
    @JsonSubTypes.Type(name = "Failed", value = NodeState.Failed.class)
})
public sealed interface NodeState {

    /** The Node exists. */
    sealed interface Present extends NodeState {
        String uid();
    }

    /** The Node exists and its kubelet has acted. */
    record Registered(String uid, Instant createdAt) implements Present {}

    /** The Node is Ready under the expected identity. */
    record Ready(String uid, Instant readyAt) implements Present {}

    /** The Node was not there by the deadline, or not under the expected identity. */
    record Failed(Problem problem) implements NodeState {}
}
