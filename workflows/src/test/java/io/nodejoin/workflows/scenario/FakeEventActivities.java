package io.nodejoin.workflows.scenario;

import io.nodejoin.workflows.event.EventActivities;
import io.nodejoin.workflows.event.OutcomeEvent;
import java.util.ArrayList;
import java.util.List;

/** A topic that records published events. */
final class FakeEventActivities implements EventActivities {
    /** The events of each call that took effect. */
    final List<List<OutcomeEvent>> batches = new ArrayList<>();

    final List<OutcomeEvent> published = new ArrayList<>();
    private final ActivityScript script;

    FakeEventActivities(ActivityScript script) {
        this.script = script;
    }

    @Override
    public void publish(List<OutcomeEvent> events) {
        script.run("Event_Publish", () -> {
            batches.add(events);
            published.addAll(events);
        });
    }

    <T> List<T> ofType(Class<T> type) {
        return published.stream()
                .map(OutcomeEvent::event)
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }
}
