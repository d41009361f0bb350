package io.nodejoin.workflows.node;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** Which join, if any, created a Node. */
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
     * A join created it.
     *
     * @param cordoned whether it is cordoned already, and not by a leave
     * @param alive whether its kubelet has renewed its Lease lately
     */
    record Managed(JoinedNode joinedNode, boolean cordoned, boolean alive) implements NodeOwnership {}

    /** No recorded join created it. */
    record Unmanaged(String uid) implements NodeOwnership {}
}
