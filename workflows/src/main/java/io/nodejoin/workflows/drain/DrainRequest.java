package io.nodejoin.workflows.drain;

import io.nodejoin.workflows.node.NodeIdentity;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Asks that a node be freed of its pods.
 *
 * @param deadline when trying ends
 * @param gracePeriodSeconds how long each pod may take to end; absent means what the pod says
 */
public record DrainRequest(
        NodeIdentity node, Instant deadline, @Nullable Integer gracePeriodSeconds) {}
