package io.nodejoin.workflows.pool;

import java.util.List;

/**
 * A pool as its workflow has it.
 *
 * @param draining whether joins take no more machines of it
 * @param machines by id
 * @param waiting the joins that wait for a machine, the oldest first
 */
public record PoolStatus(PoolRef pool, boolean draining, List<PoolMachine> machines, List<BindRequest> waiting) {
    public PoolStatus {
        machines = List.copyOf(machines);
        waiting = List.copyOf(waiting);
    }
}
