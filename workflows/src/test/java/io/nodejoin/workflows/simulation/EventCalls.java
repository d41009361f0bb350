package io.nodejoin.workflows.simulation;

import io.nodejoin.workflows.event.Announcement;
import io.nodejoin.workflows.event.EventActivities;

/** The events topic: what is produced again is there again. */
final class EventCalls implements EventActivities {
    private final World world;
    private final Api api;

    EventCalls(World world, ActivityExecution execution) {
        this.world = world;
        this.api = new Api(world, execution);
    }

    @Override
    public void publish(Announcement announcement) {
        api.produce("publish " + announcement.event().getClass().getSimpleName(), () -> world.topic.add(announcement));
    }
}
