package io.nodejoin.workflows.node;

import io.nodejoin.protocol.JoinId;

/**
 * Records that a join resets the host of the Node of this name.
 *
 * @param joinId the join that resets the host
 */
public record ResetMarker(NodeRef node, JoinId joinId) {}
