package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.workflows.lifecycle.JoinSearchAttributes;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import io.nodejoin.workflows.temporal.DataConverters;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.workflowservice.v1.ResetWorkflowExecutionRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowExecutionMetadata;
import io.temporal.common.converter.DataConverter;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** What Temporal keeps of joins. */
final class JoinHistories implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(90);

    private final WorkflowServiceStubs stubs;
    private final WorkflowClient client;
    private final DataConverter converter = DataConverters.dataConverter();

    JoinHistories(String target) {
        stubs = WorkflowServiceStubs.newServiceStubs(
                WorkflowServiceStubsOptions.newBuilder().setTarget(target).build());
        client = WorkflowClient.newInstance(
                stubs,
                WorkflowClientOptions.newBuilder().setDataConverter(converter).build());
    }

    /** The runs of this node's workflow, running or ended. */
    List<String> runs(NodeName node) {
        return client.listExecutions("WorkflowId = '" + id(node) + "'")
                .map(WorkflowExecutionMetadata::getExecution)
                .map(execution -> execution.getRunId())
                .toList();
    }

    /** Waits until the node's workflow has nothing more to do or to say. */
    void awaitClosed(NodeName node) {
        await("end of the workflow of " + node)
                .atMost(TIMEOUT)
                .ignoreExceptionsInstanceOf(WorkflowException.class)
                .until(
                        () -> client.newUntypedWorkflowStub(id(node)).describe().getStatus(),
                        status -> status != WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING);
    }

    /** Waits until the node's workflow has reached this phase and is still in it. */
    void awaitPhase(NodeName node, Phase phase) {
        await(phase + " of the workflow of " + node)
                .atMost(TIMEOUT)
                .ignoreExceptionsInstanceOf(WorkflowException.class)
                .until(
                        () -> client.newUntypedWorkflowStub(id(node))
                                .describe()
                                .getTypedSearchAttributes()
                                .get(JoinSearchAttributes.PHASE),
                        phase.name()::equals);
    }

    /** Ends the node's workflow as an operator of Temporal can: it runs no code any more. */
    void terminate(NodeName node) {
        client.newUntypedWorkflowStub(id(node)).terminate("by a test");
    }

    /**
     * Has the node's workflow go on in another run, as an operator can, from a last decision that decides nothing: local activities are
     * executed again with the decision that they belong to.
     */
    void resetToItsEnd(NodeName node) {
        int before = decisions(node).size();
        client.newUntypedWorkflowStub(id(node)).signal("waitsForTurn");
        await("a decision on a signal without effect")
                .atMost(TIMEOUT)
                .until(() -> decisions(node).size() > before);
        reset(node, decisions(node).getLast());
    }

    /** Has the node's workflow begin once more, in another run. */
    void resetToItsBeginning(NodeName node) {
        reset(node, decisions(node).getFirst());
    }

    private void reset(NodeName node, HistoryEvent decision) {
        var request = ResetWorkflowExecutionRequest.newBuilder()
                .setNamespace(client.getOptions().getNamespace())
                .setWorkflowExecution(WorkflowExecution.newBuilder().setWorkflowId(id(node)))
                .setWorkflowTaskFinishEventId(decision.getEventId())
                .setRequestId(UUID.randomUUID().toString())
                .setReason("by a test")
                .build();
        assertThat(stubs.blockingStub().resetWorkflowExecution(request).getRunId())
                .isNotEmpty();
    }

    private List<HistoryEvent> decisions(NodeName node) {
        return client.fetchHistory(id(node)).getHistory().getEventsList().stream()
                .filter(event -> event.getEventType() == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
                .toList();
    }

    /** Everything in the history, as text: payloads stand in it as they are. */
    String text(NodeName node) {
        return new String(client.fetchHistory(id(node)).getHistory().toByteArray(), StandardCharsets.ISO_8859_1);
    }

    /** The history of each run, as it goes over the wire, payloads and all, and as it is exported. */
    List<byte[]> exports(NodeName node) {
        return runs(node).stream()
                .map(run -> client.fetchHistory(id(node), run))
                .flatMap(history -> Stream.of(
                        history.getHistory().toByteArray(),
                        history.toJson(false).getBytes(StandardCharsets.UTF_8)))
                .toList();
    }

    /** Each activity by "event number type", with its summary, empty if it has none. */
    Map<String, String> summaries(NodeName node) {
        Map<String, String> summaries = new LinkedHashMap<>();
        client.fetchHistory(id(node)).getHistory().getEventsList().stream()
                .forEach(event -> activityType(event).ifPresent(type -> {
                    String summary = event.getUserMetadata().hasSummary()
                            ? converter.fromPayload(event.getUserMetadata().getSummary(), String.class, String.class)
                            : "";
                    summaries.put(event.getEventId() + " " + type, summary);
                }));
        return summaries;
    }

    private Optional<String> activityType(HistoryEvent event) {
        return event.getEventType() == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
                ? Optional.of(event.getActivityTaskScheduledEventAttributes()
                        .getActivityType()
                        .getName())
                : Optional.ofNullable(event.getMarkerRecordedEventAttributes()
                                .getDetailsMap()
                                .get("type"))
                        .map(type -> converter.fromPayloads(0, Optional.of(type), String.class, String.class));
    }

    private static String id(NodeName node) {
        return NodeJoinWorkflow.workflowId(SharedBed.CLUSTER, node);
    }

    @Override
    public void close() {
        stubs.shutdownNow();
    }
}
