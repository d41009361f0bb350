package io.nodejoin.workflows.node;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;

/** Whether a node name is free. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "name")
@JsonSubTypes({
    @JsonSubTypes.Type(name = "Free", value = NameState.Free.class),
    @JsonSubTypes.Type(name = "Taken", value = NameState.Taken.class)
})
public sealed interface NameState {

    /**
     * No Node and no pod bound to the name.
     *
     * @param serverTime the API server's clock
     */
    record Free(Instant serverTime) implements NameState {}

    /** A Node of the name exists, or pods are bound to it. */
    record Taken(String detail) implements NameState {}
}
