package io.nodejoin.testbed.chaos;

import com.google.protobuf.Timestamp;
import io.nodejoin.protocol.NodeName;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowClient;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the histories in Temporal say of the steps of joins. */
final class StepLog implements AutoCloseable {
    private static final Pattern TOKEN_ID = Pattern.compile("\\b([a-z0-9]{6})\\b");

    private final WorkflowServiceStubs stubs;
    private final WorkflowClient client;

    StepLog(String target) {
        stubs = WorkflowServiceStubs.newServiceStubs(
                WorkflowServiceStubsOptions.newBuilder().setTarget(target).build());
        client = WorkflowClient.newInstance(stubs);
    }

    /** A step that has ended, well or not. */
    private record Ended(Instant at, String result) {}

    /** The id of the last token that the node's join has reserved. */
    Optional<String> token(NodeName node) {
        return ended(node, "Token_Reserve")
                .map(step -> TOKEN_ID.matcher(step.result()))
                .filter(Matcher::find)
                .map(id -> id.group(1));
    }

    /** When the host had said the last time that its kubelet does not start, or does. */
    Optional<Instant> kubeletTried(NodeName node) {
        return ended(node, "Host_StartKubelet").map(Ended::at);
    }

    private Optional<Ended> ended(NodeName node, String activity) {
        List<HistoryEvent> events = client.fetchHistory(ChaosBed.workflow(node.value()))
                .getHistory()
                .getEventsList();
        Map<Long, String> scheduled = new HashMap<>();
        Optional<Ended> last = Optional.empty();
        for (HistoryEvent event : events) {
            if (event.hasActivityTaskScheduledEventAttributes()) {
                scheduled.put(
                        event.getEventId(),
                        event.getActivityTaskScheduledEventAttributes()
                                .getActivityType()
                                .getName());
            } else if (event.hasActivityTaskCompletedEventAttributes()) {
                var completed = event.getActivityTaskCompletedEventAttributes();
                if (activity.equals(scheduled.get(completed.getScheduledEventId()))) {
                    last = Optional.of(new Ended(
                            instant(event.getEventTime()),
                            completed.getResult().getPayloads(0).getData().toStringUtf8()));
                }
            }
        }
        return last;
    }

    private static Instant instant(Timestamp time) {
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
    }

    @Override
    public void close() {
        stubs.shutdownNow();
    }
}
