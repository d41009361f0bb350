package io.nodejoin.workflows.node;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** The result of creating a Node. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "creation")
@JsonSubTypes({
    @JsonSubTypes.Type(name = "Created", value = NodeCreationResult.Created.class),
    @JsonSubTypes.Type(name = "NameTaken", value = NodeCreationResult.NameTaken.class)
})
public sealed interface NodeCreationResult {

    /** The Node of this attempt exists. */
    record Created(String uid) implements NodeCreationResult {}

    /** Another Node has the name. */
    record NameTaken(String detail) implements NodeCreationResult {}
}
