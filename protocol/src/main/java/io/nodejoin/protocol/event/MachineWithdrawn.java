package io.nodejoin.protocol.event;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.MachineId;
import io.nodejoin.protocol.PoolName;

/**
 * An inventory takes an offered machine back. A bound machine stays with its node, and is not taken again after it.
 * Without an effect if the pool does not have the machine.
 *
 * @param cluster as in the offer
 * @param pool as in the offer
 * @param machine as in the offer
 */
public record MachineWithdrawn(ClusterName cluster, PoolName pool, MachineId machine)
        implements LifecycleEvent.MachineRequest {}
