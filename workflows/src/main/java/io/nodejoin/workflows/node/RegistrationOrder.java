package io.nodejoin.workflows.node;

import java.time.Instant;

/**
 * Asks for the registration of a node.
 *
 * @param approvedAt a Node created before is not ours, by server time
 * @param deadline when waiting ends
 */
public record RegistrationOrder(NodeRef node, Instant approvedAt, Instant deadline) {}
