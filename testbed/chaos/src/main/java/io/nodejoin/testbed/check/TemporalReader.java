package io.nodejoin.testbed.check;

import com.google.protobuf.ByteString;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.history.v1.ActivityTaskScheduledEventAttributes;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionMetadata;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Runs of joins and leaves, by Temporal's own word: its list and its histories. */
final class TemporalReader implements AutoCloseable {
    private static final String QUERY = "WorkflowType IN ('NodeJoinWorkflow', 'NodeLeaveWorkflow')";
    private static final String STATUS = "WORKFLOW_EXECUTION_STATUS_";
    private static final String ISSUE = "Token_Issue";
    private static final Pattern TOKEN_ID = Pattern.compile("\"tokenId\":\"([a-z0-9]{6})\"");

    private final WorkflowServiceStubs stubs;
    private final WorkflowClient client;
    /** Histories of closed runs do not change. */
    private final Map<String, History> ended = new ConcurrentHashMap<>();

    private record History(Set<String> tokenIds, String text) {}

    TemporalReader(String target) {
        stubs = WorkflowServiceStubs.newServiceStubs(
                WorkflowServiceStubsOptions.newBuilder().setTarget(target).build());
        client = WorkflowClient.newInstance(stubs);
    }

    List<ClusterSnapshot.Run> runs() {
        return client.listExecutions(QUERY).map(this::run).toList();
    }

    /** Everything in each history, payloads as they are, by its workflow and run. */
    Map<String, String> texts() {
        return client.listExecutions(QUERY)
                .collect(Collectors.toMap(
                        found -> "the history of " + found.getExecution().getWorkflowId() + ", run "
                                + found.getExecution().getRunId(),
                        found -> history(found).text()));
    }

    Set<String> runningJoins() {
        return client.listExecutions(QUERY + " AND ExecutionStatus = 'Running'")
                .map(TemporalReader::join)
                .collect(Collectors.toSet());
    }

    private static String join(WorkflowExecutionMetadata found) {
        return Optional.ofNullable((String) found.getMemo("joinId", String.class))
                .orElse("");
    }

    private ClusterSnapshot.Run run(WorkflowExecutionMetadata found) {
        return new ClusterSnapshot.Run(
                found.getExecution().getWorkflowId(),
                found.getExecution().getRunId(),
                found.getStatus().name().substring(STATUS.length()),
                found.getStartTime(),
                found.getCloseTime(),
                join(found),
                history(found).tokenIds());
    }

    private History history(WorkflowExecutionMetadata found) {
        WorkflowExecution execution = found.getExecution();
        return found.getCloseTime() == null
                ? read(execution)
                : ended.computeIfAbsent(execution.getRunId(), _ -> read(execution));
    }

    private History read(WorkflowExecution execution) {
        var history = client.fetchHistory(execution.getWorkflowId(), execution.getRunId())
                .getHistory();
        return new History(
                tokenIds(history.getEventsList()), new String(history.toByteArray(), StandardCharsets.ISO_8859_1));
    }

    private static Set<String> tokenIds(List<HistoryEvent> events) {
        Set<String> ids = new HashSet<>();
        for (HistoryEvent event : events) {
            issueRequest(event).getPayloadsList().stream()
                    .map(Payload::getData)
                    .map(ByteString::toStringUtf8)
                    .map(TOKEN_ID::matcher)
                    .filter(Matcher::find)
                    .forEach(id -> ids.add(id.group(1)));
        }
        return Set.copyOf(ids);
    }

    /** The request of a token that the event has, local or scheduled; else nothing. */
    private static Payloads issueRequest(HistoryEvent event) {
        ActivityTaskScheduledEventAttributes scheduled = event.getActivityTaskScheduledEventAttributes();
        if (scheduled.getActivityType().getName().equals(ISSUE)) {
            return scheduled.getInput();
        }
        Map<String, Payloads> local = event.getMarkerRecordedEventAttributes().getDetailsMap();
        Payloads nothing = Payloads.getDefaultInstance();
        boolean issued = local.getOrDefault("type", nothing).getPayloadsList().stream()
                .anyMatch(type -> type.getData().toStringUtf8().equals("\"" + ISSUE + "\""));
        return issued ? local.getOrDefault("input", nothing) : nothing;
    }

    @Override
    public void close() {
        stubs.shutdownNow();
    }
}
