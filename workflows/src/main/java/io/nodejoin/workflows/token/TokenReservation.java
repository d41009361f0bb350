package io.nodejoin.workflows.token;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import java.time.Instant;

/**
 * Asks for a fresh token id for this attempt of a join.
 *
 * @param machineId of the machine that the token is for
 */
public record TokenReservation(
        ClusterName cluster, JoinId joinId, NodeName node, String machineId, int attempt, Instant expiresAt) {}
