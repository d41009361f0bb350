package io.nodejoin.activities.kubernetes.node;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.workflows.node.JoinedNode;
import org.jspecify.annotations.Nullable;

/**
 * The record of a joined Node.
 *
 * @param resetBy the join that has reset its host since, or was about to
 */
record JoinedNodeRecord(JoinedNode joined, @Nullable JoinId resetBy) {}
