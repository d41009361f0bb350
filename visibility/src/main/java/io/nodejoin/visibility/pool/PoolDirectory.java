package io.nodejoin.visibility.pool;

import io.nodejoin.visibility.join.Lookup;
import io.nodejoin.workflows.pool.PoolRef;
import io.nodejoin.workflows.pool.PoolStatus;
import java.util.List;

/** The pools that have machines or joins that wait for one. Each call blocks for a few seconds at most. */
public interface PoolDirectory {
    /** Returns all pools, by cluster and name. */
    Lookup<List<PoolStatus>> pools();

    /** Returns one pool; not found if it has no machine and no join waits for one. */
    Lookup<PoolStatus> pool(PoolRef pool);

    /** Sets whether joins take no more machines of the pool, and returns it; not found as {@link #pool}. Idempotent. */
    Lookup<PoolStatus> setDraining(PoolRef pool, boolean draining);
}
