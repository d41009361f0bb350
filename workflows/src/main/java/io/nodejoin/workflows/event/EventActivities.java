package io.nodejoin.workflows.event;

import io.temporal.activity.ActivityInterface;
import java.util.List;

/** Publishes to the events topic. */
@ActivityInterface(namePrefix = "Event_")
public interface EventActivities {

    /**
     * Publishes events in order and returns once all in-sync replicas have them. A repeated call publishes all of them
     * with the same ids, so that consumers can drop the duplicates. If the broker refuses them for good, the call returns as well
     * once the cluster has their outcomes, which the garbage collector then publishes.
     */
    void publish(List<OutcomeEvent> events);
}
