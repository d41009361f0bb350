package io.nodejoin.workflows.node;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** Whose a Node is. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "owner")
@JsonSubTypes({
    @JsonSubTypes.Type(name = "Nobody", value = NodeOwner.Nobody.class),
    @JsonSubTypes.Type(name = "Ours", value = NodeOwner.Ours.class),
    @JsonSubTypes.Type(name = "Foreign", value = NodeOwner.Foreign.class)
})
public sealed interface NodeOwner {

    /** There is no Node of this name. */
    record Nobody() implements NodeOwner {}

    /**
     * A join made it.
     *
     * @param cordoned whether the scheduler leaves it out already, and not because of a leave
     */
    record Ours(JoinedNode node, boolean cordoned) implements NodeOwner {}

    /** No join made it, as far as is noted. */
    record Foreign(String uid) implements NodeOwner {}
}
