package io.nodejoin.workflows.node;

import io.nodejoin.protocol.JoinId;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The request to check whether a name is free, or in use by the requested node itself.
 *
 * @param joinId the join that requests the name; a Node that it has created itself does not occupy the name
 * @param enrollment digest of the enrollment secret in the request; only the requester and its machine know the secret
 * @param labels the requested labels
 * @param readyGates node condition types that must be True as well
 */
public record NameCheckRequest(
        NodeRef node,
        JoinId joinId,
        String enrollment,
        @Nullable String providerId,
        Map<String, String> labels,
        List<String> readyGates) {
    public NameCheckRequest {
        labels = new TreeMap<>(labels);
        readyGates = List.copyOf(readyGates);
    }
}
