package io.nodejoin.workflows.node;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Asks that a machine's earlier Node make room for it.
 *
 * @param machineId what the host says of itself
 * @param systemUuid what its firmware says; one of the two must be the Node's
 * @param deadline when waiting for the Node's pods to go ends
 */
public record FreeNameRequest(
        NodeRef node, String machineId, @Nullable String systemUuid, Instant deadline) {}
