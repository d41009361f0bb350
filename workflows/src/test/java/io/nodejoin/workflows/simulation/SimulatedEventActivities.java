package io.nodejoin.workflows.simulation;

import io.nodejoin.workflows.event.EventActivities;
import io.nodejoin.workflows.event.OutcomeEvent;
import java.util.List;

/** The events topic; a repeated publication is a duplicate record. A call that fails may have published its first events. */
final class SimulatedEventActivities implements EventActivities {
    private final World world;
    private final FaultyCalls api;

    SimulatedEventActivities(World world, ActivityAttempt execution) {
        this.world = world;
        this.api = new FaultyCalls(world, execution);
    }

    @Override
    public void publish(List<OutcomeEvent> events) {
        for (OutcomeEvent event : events) {
            api.produce("publish " + event.event().getClass().getSimpleName(), () -> world.topic.add(event));
        }
    }
}
