package io.nodejoin.visibility.agent;

import io.grpc.StatusRuntimeException;
import io.nodejoin.visibility.join.Lookup;
import io.nodejoin.workflows.gateway.GatewayAgents;
import io.nodejoin.workflows.gateway.GatewayWorkflow;
import io.nodejoin.workflows.gateway.HostLogPage;
import io.nodejoin.workflows.gateway.HostLogQuery;
import io.nodejoin.workflows.pool.PoolRef;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.query.v1.WorkflowQuery;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsRequest;
import io.temporal.api.workflowservice.v1.QueryWorkflowRequest;
import io.temporal.api.workflowservice.v1.QueryWorkflowResponse;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc.WorkflowServiceBlockingStub;
import io.temporal.client.WorkflowClient;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DataConverterException;
import io.temporal.payload.context.WorkflowSerializationContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The gateway replicas, asked by queries to their workflows. Holds no state; the time of each call is bounded. */
public final class TemporalAgentDirectory implements AgentDirectory {
    private static final Duration LIST_TIMEOUT = Duration.ofSeconds(5);
    /** A replica that runs answers within milliseconds; Temporal waits longer for one that is gone. */
    private static final Duration QUERY_TIMEOUT = Duration.ofSeconds(2);

    private static final int MAX_REPLICAS = 100;

    private final WorkflowClient client;
    private final Function<StatusRuntimeException, String> faults;

    /**
     * @param client a client that fails fast when Temporal is unavailable
     * @param faults says in a sentence why a call of Temporal failed
     */
    public TemporalAgentDirectory(WorkflowClient client, Function<StatusRuntimeException, String> faults) {
        this.client = client;
        this.faults = faults;
    }

    @Override
    public Lookup<ReplicaAnswers<HostLogPage>> hostLog(HostLogQuery query) {
        return askAll("hostLog", HostLogPage.class, query);
    }

    @Override
    public Lookup<ReplicaAnswers<GatewayAgents>> agents() {
        return askAll("agents", GatewayAgents.class);
    }

    /** Lets the joins of a pool begin again that failures have stopped; returns for each replica whether they were stopped there. */
    public Lookup<ReplicaAnswers<Boolean>> resumePool(PoolRef pool) {
        return askAll("resumePool", Boolean.class, pool);
    }

    private <T> Lookup<ReplicaAnswers<T>> askAll(String query, Class<T> type, Object... arguments) {
        List<WorkflowExecution> replicas;
        try {
            replicas = replicas();
        } catch (StatusRuntimeException e) {
            return new Lookup.Unreachable<>(Lookup.Source.TEMPORAL, faults.apply(e));
        }
        Map<String, CompletableFuture<Optional<T>>> asked = new LinkedHashMap<>();
        replicas.forEach(replica -> asked.put(
                instance(replica),
                CompletableFuture.supplyAsync(() -> ask(replica, query, type, arguments), Thread::startVirtualThread)));
        Map<String, T> answers = new LinkedHashMap<>();
        List<String> silent = new ArrayList<>();
        asked.forEach((instance, answer) ->
                answer.join().ifPresentOrElse(value -> answers.put(instance, value), () -> silent.add(instance)));
        return new Lookup.Found<>(new ReplicaAnswers<>(answers, silent));
    }

    private List<WorkflowExecution> replicas() {
        return stub(LIST_TIMEOUT)
                .listWorkflowExecutions(ListWorkflowExecutionsRequest.newBuilder()
                        .setNamespace(client.getOptions().getNamespace())
                        .setQuery("WorkflowType = '" + GatewayWorkflow.TYPE + "' AND ExecutionStatus = 'Running'")
                        .setPageSize(MAX_REPLICAS)
                        .build())
                .getExecutionsList()
                .stream()
                .map(WorkflowExecutionInfo::getExecution)
                .toList();
    }

    private static String instance(WorkflowExecution replica) {
        return replica.getWorkflowId()
                .substring(Math.min(
                        GatewayWorkflow.workflowId("").length(),
                        replica.getWorkflowId().length()));
    }

    private <T> Optional<T> ask(WorkflowExecution replica, String query, Class<T> type, Object... arguments) {
        WorkflowQuery.Builder question = WorkflowQuery.newBuilder().setQueryType(query);
        DataConverter converter = converter(replica);
        converter.toPayloads(arguments).ifPresent(question::setQueryArgs);
        try {
            QueryWorkflowResponse answer = stub(QUERY_TIMEOUT)
                    .queryWorkflow(QueryWorkflowRequest.newBuilder()
                            .setNamespace(client.getOptions().getNamespace())
                            .setExecution(replica)
                            .setQuery(question)
                            .build());
            return Optional.ofNullable(converter.fromPayloads(0, Optional.of(answer.getQueryResult()), type, type));
        } catch (StatusRuntimeException | DataConverterException _) {
            return Optional.empty();
        }
    }

    private DataConverter converter(WorkflowExecution replica) {
        return client.getOptions()
                .getDataConverter()
                .withContext(
                        new WorkflowSerializationContext(client.getOptions().getNamespace(), replica.getWorkflowId()));
    }

    private WorkflowServiceBlockingStub stub(Duration timeout) {
        return client.getWorkflowServiceStubs()
                .blockingStub()
                .withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }
}
