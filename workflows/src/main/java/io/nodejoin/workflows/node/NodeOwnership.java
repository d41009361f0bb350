package io.nodejoin.workflows.node;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** Whose a Node is. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "ownership")
@JsonSubTypes({
    @JsonSubTypes.Type(name = "Absent", value = NodeOwnership.Absent.class),
    @JsonSubTypes.Type(name = "Managed", value = NodeOwnership.Managed.class),
    @JsonSubTypes.Type(name = "Unmanaged", value = NodeOwnership.Unmanaged.class)
})
public sealed interface NodeOwnership {

    /** There is no Node of this name. */
    record Absent() implements NodeOwnership {}

    /**
     * A join made it.
     *
     * @param cordoned whether the scheduler leaves it out already, and not because of a leave
     */
    record Managed(JoinedNode joinedNode, boolean cordoned) implements NodeOwnership {}

    /** No join made it, as far as is noted. */
    record Unmanaged(String uid) implements NodeOwnership {}
}
