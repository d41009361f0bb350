package io.nodejoin.workflows.drain;

import io.nodejoin.workflows.node.NodeIdentity;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The request to drain a node.
 *
 * @param deadline when eviction ends
 * @param gracePeriodSeconds the termination grace period of each pod; absent means the pod's own
 */
public record DrainRequest(
        NodeIdentity node, Instant deadline, @Nullable Integer gracePeriodSeconds) {}
