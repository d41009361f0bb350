package io.nodejoin.workflows.node;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Whether a node name is available. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "name")
@JsonSubTypes({
    @JsonSubTypes.Type(name = "Free", value = NameAvailability.Free.class),
    @JsonSubTypes.Type(name = "Taken", value = NameAvailability.Taken.class),
    @JsonSubTypes.Type(name = "PodsRemaining", value = NameAvailability.PodsRemaining.class),
    @JsonSubTypes.Type(name = "NodeRemaining", value = NameAvailability.NodeRemaining.class),
    @JsonSubTypes.Type(name = "AlreadyJoined", value = NameAvailability.AlreadyJoined.class)
})
public sealed interface NameAvailability {

    /**
     * There is no Node of the name and no pod bound to it.
     *
     * @param serverTime the API server's clock
     * @param quarantine the quarantine of the name, for all machines or for all but one
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Free(Instant serverTime, @Nullable NameQuarantine quarantine) implements NameAvailability {}

    /** A Node of the name exists. */
    record Taken(String detail) implements NameAvailability {}

    /** The name will be free without anybody's action. */
    sealed interface Temporary extends NameAvailability {
        String detail();
    }

    /** There is no Node of the name, but pods are still bound to it. Kubernetes deletes them within a minute or two. */
    record PodsRemaining(String detail) implements Temporary {}

    /**
     * Another join has created a Node of the name, and no kubelet has registered with it. That join runs no longer, since
     * this one does; the garbage collector deletes its Node within seconds.
     */
    record NodeRemaining(String detail) implements Temporary {}

    /**
     * The requested node exists: a join with the same enrollment created it, and it is Ready on the same machine.
     *
     * @param uid the UID of the Node
     */
    record AlreadyJoined(String uid) implements NameAvailability {}
}
