package io.nodejoin.workflows.drain;

import io.temporal.activity.ActivityInterface;

/** Pods of nodes that leave. */
@ActivityInterface(namePrefix = "Drain_")
public interface DrainActivities {

    /**
     * Has the scheduler leave the node out, or take it in again. The same write notes at the Node which leave did it, so that a
     * cordon whose leave is no more is told from one of somebody else. A Node that is gone, or has another UID, is left as it is; a
     * second call changes nothing.
     */
    void cordon(CordonRequest request);

    /**
     * Evicts the node's pods through the eviction API, and so as their disruption budgets allow, until none is left or the deadline
     * has passed. Pods of DaemonSets, mirror pods and pods that have ended are left. Heartbeats. A second call goes on where the
     * first one was.
     */
    DrainResult evict(DrainRequest request);
}
