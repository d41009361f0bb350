package io.nodejoin.testbed.chaos;

import com.google.protobuf.Timestamp;
import io.nodejoin.protocol.NodeName;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowClient;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads the steps of joins from their histories in Temporal. */
final class WorkflowHistories implements AutoCloseable {
    private static final String GATEWAY_QUEUE = "nodejoin-gateway-";
    private static final Pattern TOKEN_ID = Pattern.compile("\"id\":\"([a-z0-9]{6})\"");

    private final WorkflowServiceStubs stubs;
    private final WorkflowClient client;

    WorkflowHistories(String target) {
        stubs = WorkflowServiceStubs.newServiceStubs(
                WorkflowServiceStubsOptions.newBuilder().setTarget(target).build());
        client = WorkflowClient.newInstance(stubs);
    }

    /** A completed step, successful or not. */
    private record Completion(Instant at, String result) {}

    /** The id of the last token that the node's join has issued. */
    Optional<String> lastTokenId(NodeName node) {
        return lastCompletion(node, "Token_Issue")
                .map(step -> TOKEN_ID.matcher(step.result()))
                .filter(Matcher::find)
                .map(id -> id.group(1));
    }

    /** Returns when the host last reported that its kubelet starts, or does not. */
    Optional<Instant> kubeletStartReportedAt(NodeName node) {
        return lastCompletion(node, "Host_StartKubelet").map(Completion::at);
    }

    /** The queues of the gateways that the node's join has sent commands to its host by. */
    Set<String> gatewayQueues(NodeName node) {
        return client.fetchHistory(ChaosBed.workflowId(node.value())).getHistory().getEventsList().stream()
                .filter(HistoryEvent::hasActivityTaskScheduledEventAttributes)
                .map(event -> event.getActivityTaskScheduledEventAttributes()
                        .getTaskQueue()
                        .getName())
                .filter(queue -> queue.startsWith(GATEWAY_QUEUE))
                .collect(Collectors.toSet());
    }

    private Optional<Completion> lastCompletion(NodeName node, String activity) {
        List<HistoryEvent> events = client.fetchHistory(ChaosBed.workflowId(node.value()))
                .getHistory()
                .getEventsList();
        Map<Long, String> scheduled = new HashMap<>();
        Optional<Completion> last = Optional.empty();
        for (HistoryEvent event : events) {
            Optional<Payloads> local = localResult(event, activity);
            if (local.isPresent()) {
                last = Optional.of(completion(event, local.get()));
            } else if (event.hasActivityTaskScheduledEventAttributes()) {
                scheduled.put(
                        event.getEventId(),
                        event.getActivityTaskScheduledEventAttributes()
                                .getActivityType()
                                .getName());
            } else if (event.hasActivityTaskCompletedEventAttributes()) {
                var completed = event.getActivityTaskCompletedEventAttributes();
                if (activity.equals(scheduled.get(completed.getScheduledEventId()))) {
                    last = Optional.of(completion(event, completed.getResult()));
                }
            }
        }
        return last;
    }

    /** Returns what a local activity of this type has returned, if the event records that. */
    private static Optional<Payloads> localResult(HistoryEvent event, String activity) {
        Map<String, Payloads> marker = event.getMarkerRecordedEventAttributes().getDetailsMap();
        boolean wanted = marker.getOrDefault("type", Payloads.getDefaultInstance()).getPayloadsList().stream()
                .anyMatch(type -> type.getData().toStringUtf8().equals("\"" + activity + "\""));
        return wanted ? Optional.ofNullable(marker.get("result")) : Optional.empty();
    }

    private static Completion completion(HistoryEvent event, Payloads result) {
        return new Completion(
                instant(event.getEventTime()), result.getPayloads(0).getData().toStringUtf8());
    }

    private static Instant instant(Timestamp time) {
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
    }

    @Override
    public void close() {
        stubs.shutdownNow();
    }
}
