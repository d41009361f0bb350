package io.nodejoin.workflows.pool;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.PoolName;

/** A pool of a cluster. */
public record PoolRef(ClusterName cluster, PoolName pool) {}
