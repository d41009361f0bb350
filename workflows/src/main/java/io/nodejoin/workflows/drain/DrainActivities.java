package io.nodejoin.workflows.drain;

import io.temporal.activity.ActivityInterface;

/** Cordons and drains nodes that leave. */
@ActivityInterface(namePrefix = "Drain_")
public interface DrainActivities {

    /**
     * Cordons the node, and records in the same write which leave did it, so that its cordon differs from one of another actor; or
     * lifts the cordon of this leave, and of nobody else. A missing Node, or one of another UID, is not changed. Idempotent.
     */
    void cordon(CordonRequest request);

    /**
     * Evicts the node's pods through the eviction API, which respects disruption budgets, until none is left or the
     * deadline has passed. Pods of DaemonSets, mirror pods and terminated pods stay. Heartbeats. Idempotent: a second
     * call continues.
     */
    DrainResult evict(DrainRequest request);
}
