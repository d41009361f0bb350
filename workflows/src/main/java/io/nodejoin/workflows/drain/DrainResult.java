package io.nodejoin.workflows.drain;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/** The result of draining. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "drain")
@JsonSubTypes({
    @JsonSubTypes.Type(name = "Drained", value = DrainResult.Drained.class),
    @JsonSubTypes.Type(name = "Blocked", value = DrainResult.Blocked.class)
})
public sealed interface DrainResult {

    /** No pod is left except those that belong to the node itself. */
    record Drained() implements DrainResult {}

    /**
     * Pods were left at the deadline.
     *
     * @param pods each as {@code namespace/name: reason}
     */
    record Blocked(List<String> pods) implements DrainResult {
        public Blocked {
            pods = List.copyOf(pods);
        }
    }
}
