package io.nodejoin.workflows.node;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;

/** A node by name. */
public record NodeRef(ClusterName cluster, NodeName name) {}
