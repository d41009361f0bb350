package io.nodejoin.workflows.drain;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.workflows.node.NodeIdentity;

/**
 * The request to cordon or uncordon a node.
 *
 * @param cordoned true to cordon, false to uncordon
 * @param leaveId the leave that requests it
 */
public record CordonRequest(NodeIdentity node, boolean cordoned, JoinId leaveId) {}
