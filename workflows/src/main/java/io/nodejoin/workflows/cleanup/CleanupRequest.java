package io.nodejoin.workflows.cleanup;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.workflows.node.NodeRef;

/**
 * The request to clean up after a join or a leave.
 *
 * @param commandSequence sequence of its first command to the host: higher than those of the ended run, and not higher than those
 *     of a run that has begun since, so that an agent that already obeys that one refuses the cleanup's
 */
public record CleanupRequest(NodeRef node, JoinId joinId, long commandSequence) {}
