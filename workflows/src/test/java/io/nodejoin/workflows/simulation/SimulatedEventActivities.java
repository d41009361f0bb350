package io.nodejoin.workflows.simulation;

import io.nodejoin.workflows.event.EventActivities;
import io.nodejoin.workflows.event.OutcomeEvent;

/** The events topic; a repeated publication is a duplicate record. */
final class SimulatedEventActivities implements EventActivities {
    private final World world;
    private final FaultyCalls api;

    SimulatedEventActivities(World world, ActivityAttempt execution) {
        this.world = world;
        this.api = new FaultyCalls(world, execution);
    }

    @Override
    public void publish(OutcomeEvent event) {
        api.produce("publish " + event.event().getClass().getSimpleName(), () -> world.topic.add(event));
    }
}
