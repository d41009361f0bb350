package io.nodejoin.workflows.gateway;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.workflows.node.NodeRef;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Asks for a host's log.
 *
 * @param join whose agent is meant
 * @param instance the agent process whose lines the reader has; null if it has none
 * @param after the number of the last line of that process that the reader has
 */
public record HostLogQuery(
        NodeRef node, JoinId join, @Nullable UUID instance, long after) {}
