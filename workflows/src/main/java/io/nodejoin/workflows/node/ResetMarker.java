package io.nodejoin.workflows.node;

import io.nodejoin.protocol.JoinId;

/**
 * Says that a join resets the host of whatever Node has this name.
 *
 * @param joinId the join
 */
public record ResetMarker(NodeRef node, JoinId joinId) {}
