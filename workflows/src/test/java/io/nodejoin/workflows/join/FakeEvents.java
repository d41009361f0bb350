package io.nodejoin.workflows.join;

import io.nodejoin.workflows.event.Announcement;
import io.nodejoin.workflows.event.EventActivities;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A topic that keeps what was published. */
final class FakeEvents implements EventActivities {
    final List<Announcement> published = new CopyOnWriteArrayList<>();
    private final Script script;

    FakeEvents(Script script) {
        this.script = script;
    }

    @Override
    public void publish(Announcement announcement) {
        script.run("Event_Publish", () -> published.add(announcement));
    }

    <T> List<T> of(Class<T> type) {
        return published.stream()
                .map(Announcement::event)
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }
}
