package io.nodejoin.workflows.event;

import io.temporal.activity.ActivityInterface;

/** The events topic. */
@ActivityInterface(namePrefix = "Event_")
public interface EventActivities {

    /** Publishes one event and returns once all in-sync replicas have it. A repeat has the same id and is recognisable. */
    void publish(OutcomeEvent event);
}
