package io.nodejoin.workflows.node;

import io.nodejoin.protocol.event.Taint;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The request to create a Node before its kubelet starts.
 *
 * @param providerId the requested {@code spec.providerID}
 * @param labels the requested labels
 * @param taints the requested taints
 */
public record NodeCreation(
        CreatedNodeRef ref, @Nullable String providerId, Map<String, String> labels, List<Taint> taints) {
    public NodeCreation {
        labels = new TreeMap<>(labels);
        taints = List.copyOf(taints);
    }
}
