package io.nodejoin.workflows.node;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Whether a node name is free. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "name")
@JsonSubTypes({
    @JsonSubTypes.Type(name = "Free", value = NameAvailability.Free.class),
    @JsonSubTypes.Type(name = "Taken", value = NameAvailability.Taken.class),
    @JsonSubTypes.Type(name = "PodsRemaining", value = NameAvailability.PodsRemaining.class),
    @JsonSubTypes.Type(name = "AlreadyJoined", value = NameAvailability.AlreadyJoined.class)
})
public sealed interface NameAvailability {

    /**
     * No Node and no pod bound to the name.
     *
     * @param serverTime the API server's clock
     * @param quarantine keeps the name back for one machine, or for none
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Free(Instant serverTime, @Nullable NameQuarantine quarantine) implements NameAvailability {}

    /** A Node of the name exists. */
    record Taken(String detail) implements NameAvailability {}

    /** No Node of the name exists any more, but pods are bound to it still. Kubernetes deletes them within a minute or two. */
    record PodsRemaining(String detail) implements NameAvailability {}

    /**
     * The node that is asked for is there: a join with the same enrollment made it, and it is Ready on the same machine.
     *
     * @param uid of the Node
     */
    record AlreadyJoined(String uid) implements NameAvailability {}
}
