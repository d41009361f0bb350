package io.nodejoin.workflows.hostcommand;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.agent.Assignment;

/** One assignment for the host enrolled as this cluster's node. */
public record HostCommandRequest(ClusterName cluster, Assignment assignment) {}
