package io.nodejoin.workflows.event;

import io.temporal.activity.ActivityInterface;

/** Publishes to the events topic. */
@ActivityInterface(namePrefix = "Event_")
public interface EventActivities {

    /**
     * Publishes one event and returns once all in-sync replicas have it. A repeated call publishes the event with the
     * same id, so that consumers can drop the duplicate.
     */
    void publish(OutcomeEvent event);
}
