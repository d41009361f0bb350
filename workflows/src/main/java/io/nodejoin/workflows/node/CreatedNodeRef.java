package io.nodejoin.workflows.node;

import io.nodejoin.protocol.JoinId;

/**
 * A Node that an attempt of a join creates before its kubelet starts. Annotations of the Node name join and attempt.
 *
 * @param attempt the number of the attempt, from 1
 */
public record CreatedNodeRef(NodeRef node, JoinId joinId, int attempt) {}
