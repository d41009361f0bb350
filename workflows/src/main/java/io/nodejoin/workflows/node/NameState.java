package io.nodejoin.workflows.node;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Whether a node name is free. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "name")
@JsonSubTypes({
    @JsonSubTypes.Type(name = "Free", value = NameState.Free.class),
    @JsonSubTypes.Type(name = "Taken", value = NameState.Taken.class),
    @JsonSubTypes.Type(name = "PodsLeft", value = NameState.PodsLeft.class),
    @JsonSubTypes.Type(name = "Own", value = NameState.Own.class)
})
public sealed interface NameState {

    /**
     * No Node and no pod bound to the name.
     *
     * @param serverTime the API server's clock
     * @param hold keeps the name back for one machine, or for none
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Free(Instant serverTime, @Nullable NameHold hold) implements NameState {}

    /** A Node of the name exists. */
    record Taken(String detail) implements NameState {}

    /** No Node of the name exists any more, but pods are bound to it still. Kubernetes deletes them within a minute or two. */
    record PodsLeft(String detail) implements NameState {}

    /**
     * The node that is asked for is there: a join with the same enrollment made it, and it is Ready on the same machine.
     *
     * @param uid of the Node
     */
    record Own(String uid) implements NameState {}
}
