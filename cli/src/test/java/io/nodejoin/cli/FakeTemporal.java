package io.nodejoin.cli;

import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.nodejoin.workflows.gateway.GatewayWorkflow;
import io.nodejoin.workflows.lifecycle.JoinProgress;
import io.nodejoin.workflows.temporal.DataConverters;
import io.temporal.api.common.v1.Memo;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.common.v1.SearchAttributes;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.history.v1.History;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.history.v1.WorkflowExecutionStartedEventAttributes;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;
import io.temporal.api.workflowservice.v1.GetSystemInfoRequest;
import io.temporal.api.workflowservice.v1.GetSystemInfoResponse;
import io.temporal.api.workflowservice.v1.GetWorkflowExecutionHistoryRequest;
import io.temporal.api.workflowservice.v1.GetWorkflowExecutionHistoryResponse;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsRequest;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsResponse;
import io.temporal.api.workflowservice.v1.QueryWorkflowRequest;
import io.temporal.api.workflowservice.v1.QueryWorkflowResponse;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc;
import io.temporal.common.converter.DataConverter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Temporal's frontend with the runs that a test puts into it, and a worker if the test gives it a progress. */
final class FakeTemporal extends WorkflowServiceGrpc.WorkflowServiceImplBase implements AutoCloseable {
    private static final DataConverter DATA = DataConverters.dataConverter();

    private final List<String> queries = new CopyOnWriteArrayList<>();
    private final List<WorkflowExecutionInfo> runs = new ArrayList<>();
    private final List<HistoryEvent> history = new ArrayList<>();
    private final List<PendingActivityInfo> pending = new ArrayList<>();
    private final Map<String, Map<String, Object>> replicas = new LinkedHashMap<>();
    private @Nullable JoinProgress progress;
    private final Server server;
    private final int port;

    FakeTemporal() {
        try {
            server = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
                    .addService(this)
                    .build()
                    .start();
            port = server.getPort();
            history.add(HistoryEvent.newBuilder()
                    .setEventId(1)
                    .setEventType(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED)
                    .setWorkflowExecutionStartedEventAttributes(
                            WorkflowExecutionStartedEventAttributes.getDefaultInstance())
                    .build());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    int port() {
        return port;
    }

    /** The conditions of the lists so far. */
    List<String> queries() {
        return queries;
    }

    /** Adds a run of a node's workflow; those added first are listed first. */
    void addRun(String type, String node, String phase, String code, Instant started) {
        WorkflowExecutionInfo.Builder run = WorkflowExecutionInfo.newBuilder();
        run.getTypeBuilder().setName(type);
        run.getExecutionBuilder().setWorkflowId("node-join/fra-1/" + node).setRunId("run-" + runs.size());
        run.getStartTimeBuilder().setSeconds(started.getEpochSecond()).setNanos(started.getNano());
        boolean open = phase.equals("Requested") || phase.equals("HostPrepared");
        run.setStatus(
                open
                        ? WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING
                        : WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED);
        if (!open) {
            run.getCloseTimeBuilder().setSeconds(started.getEpochSecond() + 20);
        }
        run.setMemo(Memo.newBuilder().putFields("joinId", payload(joinId(runs.size()))));
        SearchAttributes.Builder attributes = run.getSearchAttributesBuilder();
        putKeyword(attributes, "NodeJoinCluster", "fra-1");
        putKeyword(attributes, "NodeJoinNode", node);
        putKeyword(attributes, "NodeJoinPhase", phase);
        if (!code.isEmpty()) {
            putKeyword(attributes, "NodeJoinReason", code);
        }
        runs.add(run.build());
    }

    /** The id of the join of the run that was added with this index. */
    static String joinId(int index) {
        return "%032x".formatted(index + 1);
    }

    void addHistory(HistoryEvent event) {
        history.add(event);
    }

    void addPending(PendingActivityInfo activity) {
        pending.add(activity);
    }

    void answerQueriesWith(JoinProgress answer) {
        progress = answer;
    }

    /** Adds a gateway replica that answers each query of these names so; it is silent to others. */
    void addReplica(String instance, Map<String, Object> answers) {
        replicas.put(GatewayWorkflow.workflowId(instance), answers);
    }

    static Payload payload(Object value) {
        return DATA.toPayload(value).orElseThrow();
    }

    private static void putKeyword(SearchAttributes.Builder attributes, String name, String value) {
        attributes.putIndexedFields(
                name,
                payload(value).toBuilder()
                        .putMetadata("type", com.google.protobuf.ByteString.copyFromUtf8("Keyword"))
                        .build());
    }

    @Override
    public void getSystemInfo(GetSystemInfoRequest request, StreamObserver<GetSystemInfoResponse> answer) {
        answer.onNext(GetSystemInfoResponse.getDefaultInstance());
        answer.onCompleted();
    }

    @Override
    public void listWorkflowExecutions(
            ListWorkflowExecutionsRequest request, StreamObserver<ListWorkflowExecutionsResponse> answer) {
        queries.add(request.getQuery());
        answer.onNext(ListWorkflowExecutionsResponse.newBuilder()
                .addAllExecutions(matching(request.getQuery()))
                .build());
        answer.onCompleted();
    }

    private List<WorkflowExecutionInfo> matching(String query) {
        if (query.startsWith("WorkflowType = 'GatewayWorkflow'")) {
            return replicas.keySet().stream()
                    .map(id -> {
                        WorkflowExecutionInfo.Builder run = WorkflowExecutionInfo.newBuilder();
                        run.getExecutionBuilder().setWorkflowId(id).setRunId("run");
                        return run.build();
                    })
                    .toList();
        }
        return runs.stream()
                .filter(run -> !query.startsWith("WorkflowId")
                        || query.contains("'" + run.getExecution().getWorkflowId() + "'"))
                .toList();
    }

    @Override
    public void describeWorkflowExecution(
            DescribeWorkflowExecutionRequest request, StreamObserver<DescribeWorkflowExecutionResponse> answer) {
        Optional<WorkflowExecutionInfo> found = runs.stream()
                .filter(run -> run.getExecution()
                        .getWorkflowId()
                        .equals(request.getExecution().getWorkflowId()))
                .findFirst();
        if (found.isEmpty()) {
            answer.onError(
                    Status.NOT_FOUND.withDescription("workflow not found").asRuntimeException());
            return;
        }
        answer.onNext(DescribeWorkflowExecutionResponse.newBuilder()
                .setWorkflowExecutionInfo(found.get())
                .addAllPendingActivities(pending)
                .build());
        answer.onCompleted();
    }

    @Override
    public void getWorkflowExecutionHistory(
            GetWorkflowExecutionHistoryRequest request, StreamObserver<GetWorkflowExecutionHistoryResponse> answer) {
        answer.onNext(GetWorkflowExecutionHistoryResponse.newBuilder()
                .setHistory(History.newBuilder().addAllEvents(history))
                .build());
        answer.onCompleted();
    }

    @Override
    public void queryWorkflow(QueryWorkflowRequest request, StreamObserver<QueryWorkflowResponse> answer) {
        Object result = replicas.containsKey(request.getExecution().getWorkflowId())
                ? replicas.get(request.getExecution().getWorkflowId())
                        .get(request.getQuery().getQueryType())
                : progress;
        if (result == null) {
            answer.onError(Status.FAILED_PRECONDITION
                    .withDescription("no poller seen for task queue recently")
                    .asRuntimeException());
            return;
        }
        answer.onNext(QueryWorkflowResponse.newBuilder()
                .setQueryResult(Payloads.newBuilder().addPayloads(payload(result)))
                .build());
        answer.onCompleted();
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
