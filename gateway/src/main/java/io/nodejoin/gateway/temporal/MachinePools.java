package io.nodejoin.gateway.temporal;

import io.nodejoin.workflows.pool.MachineSighting;
import io.nodejoin.workflows.pool.PoolRef;
import io.nodejoin.workflows.pool.SightingAnswer;
import java.util.Optional;

/** The pools of waiting machines. Every method is idempotent, and throws a {@link RuntimeException} if Temporal does not respond. */
public interface MachinePools {

    /** Tells the pool that the agent of a machine waits here. Empty if the machine was not offered to the pool. */
    Optional<SightingAnswer> sighted(PoolRef pool, MachineSighting sighting);

    /** Tells the pool that the agent with this secret waits no more. No effect if there is no such pool. */
    void away(PoolRef pool, String secretDigest);
}
