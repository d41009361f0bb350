package io.nodejoin.workflows.token;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import java.time.Instant;

/**
 * The request for a new token id for this attempt of a join.
 *
 * @param machineId the machine that the token is for
 */
public record TokenReservation(
        ClusterName cluster, JoinId joinId, NodeName node, String machineId, int attempt, Instant expiresAt) {}
