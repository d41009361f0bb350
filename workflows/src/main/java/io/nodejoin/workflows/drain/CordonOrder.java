package io.nodejoin.workflows.drain;

import io.nodejoin.workflows.node.NodeIdentity;

/**
 * Asks that the scheduler leave a node out, or take it in again.
 *
 * @param cordoned whether no more pods are put on it
 */
public record CordonOrder(NodeIdentity node, boolean cordoned) {}
