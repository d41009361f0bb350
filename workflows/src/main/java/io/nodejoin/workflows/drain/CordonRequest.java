package io.nodejoin.workflows.drain;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.workflows.node.NodeIdentity;
import org.jspecify.annotations.Nullable;

/**
 * Asks that the scheduler leave a node out, or take it in again.
 *
 * @param cordoned whether no more pods are put on it
 * @param leaveId the leave that asks; absent in orders of earlier versions
 */
public record CordonRequest(
        NodeIdentity node, boolean cordoned, @Nullable JoinId leaveId) {}
