package io.nodejoin.protocol.agent;

import io.nodejoin.protocol.NodeName;

/**
 * Status 200 to a {@link PoolAnnouncement}: a join has taken the machine. While none has, the response is 202 with {@link
 * EnrollmentResponse.Pending}, also to a machine that was never offered.
 *
 * @param node the node for which the agent enrolls
 */
public record PoolAssignment(NodeName node) {}
