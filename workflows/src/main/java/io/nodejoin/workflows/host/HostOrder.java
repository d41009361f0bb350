package io.nodejoin.workflows.host;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.agent.Assignment;

/** One assignment for the host that is enrolled as this cluster's node. */
public record HostOrder(ClusterName cluster, Assignment assignment) {}
