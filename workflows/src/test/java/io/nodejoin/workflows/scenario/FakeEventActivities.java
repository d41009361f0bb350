package io.nodejoin.workflows.scenario;

import io.nodejoin.workflows.event.EventActivities;
import io.nodejoin.workflows.event.OutcomeEvent;
import java.util.ArrayList;
import java.util.List;

/** A topic that records published events. */
final class FakeEventActivities implements EventActivities {
    final List<OutcomeEvent> published = new ArrayList<>();
    private final ActivityScript script;

    FakeEventActivities(ActivityScript script) {
        this.script = script;
    }

    @Override
    public void publish(OutcomeEvent event) {
        script.run("Event_Publish", () -> published.add(event));
    }

    <T> List<T> ofType(Class<T> type) {
        return published.stream()
                .map(OutcomeEvent::event)
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }
}
