package io.nodejoin.activities.kubernetes.nodeevent;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.nodejoin.activities.kubernetes.EventRecorder;
import io.nodejoin.workflows.event.EventActivities;
import io.nodejoin.workflows.event.OutcomeEvent;
import java.util.List;

/** Publishes through the delegate, then tells what happened in Events on the Node. */
public final class NodeEventActivities implements EventActivities {
    private final EventActivities events;
    private final EventRecorder recorder;

    public NodeEventActivities(EventActivities events, EventRecorder recorder) {
        this.events = events;
        this.recorder = recorder;
    }

    @Override
    public void publish(List<OutcomeEvent> batch) {
        events.publish(batch);
        if (!batch.isEmpty()) {
            recorder.write(
                    batch.getFirst().cluster(),
                    batch.stream()
                            .flatMap(outcome ->
                                    NodeEvent.of(outcome.event()).map(event -> entry(outcome, event)).stream())
                            .toList());
        }
    }

    private static EventRecorder.Entry entry(OutcomeEvent outcome, NodeEvent event) {
        ObjectReference node = new ObjectReferenceBuilder()
                .withApiVersion("v1")
                .withKind("Node")
                .withName(outcome.node())
                .withUid(outcome.node()) // as kubelets do, and kubectl describe looks for: a Node may not exist yet
                .build();
        return new EventRecorder.Entry(
                node, event.join(), outcome.time(), event.warning(), event.reason(), event.note());
    }
}
