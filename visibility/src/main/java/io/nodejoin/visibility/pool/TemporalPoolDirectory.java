package io.nodejoin.visibility.pool;

import io.grpc.Deadline;
import io.grpc.StatusRuntimeException;
import io.nodejoin.visibility.join.Lookup;
import io.nodejoin.workflows.pool.PoolRef;
import io.nodejoin.workflows.pool.PoolStatus;
import io.nodejoin.workflows.pool.PoolWorkflow;
import io.nodejoin.workflows.temporal.UnreadablePayloadException;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.QueryRejectCondition;
import io.temporal.api.query.v1.WorkflowQuery;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsRequest;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsResponse;
import io.temporal.api.workflowservice.v1.QueryWorkflowRequest;
import io.temporal.api.workflowservice.v1.QueryWorkflowResponse;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc.WorkflowServiceBlockingStub;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowServiceException;
import io.temporal.common.converter.DataConverter;
import io.temporal.payload.context.WorkflowSerializationContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** The pools, asked by queries to their workflows, some at a time. Holds no state. */
public final class TemporalPoolDirectory implements PoolDirectory {
    private static final String NO_WORKER =
            "no worker of Nodejoin answers for the pools of machines: is the service running?";
    /** Of one call, with all its questions. */
    private static final Duration TIMEOUT = Duration.ofSeconds(8);

    private static final int MAX_POOLS = 1_000;
    private static final int PAGE_SIZE = 200;
    private static final int MAX_QUESTIONS_AT_ONCE = 16;

    private final WorkflowClient client;
    private final Function<StatusRuntimeException, String> faults;

    /**
     * @param client a client that fails fast when Temporal is unavailable
     * @param faults says in a sentence why a call of Temporal failed
     */
    public TemporalPoolDirectory(WorkflowClient client, Function<StatusRuntimeException, String> faults) {
        this.client = client;
        this.faults = faults;
    }

    @Override
    public Lookup<List<PoolStatus>> pools() {
        Deadline deadline = deadline();
        try {
            return ask(running(deadline), deadline);
        } catch (StatusRuntimeException e) {
            return new Lookup.Unreachable<>(Lookup.Source.TEMPORAL, faults.apply(e));
        }
    }

    /** A pool that ends meanwhile is left out; one that does not answer is not: its machines are not none. */
    private Lookup<List<PoolStatus>> ask(List<String> workflowIds, Deadline deadline) {
        Semaphore turns = new Semaphore(MAX_QUESTIONS_AT_ONCE);
        List<CompletableFuture<Lookup<PoolStatus>>> asked = workflowIds.stream()
                .map(id ->
                        CompletableFuture.supplyAsync(() -> askInTurn(id, turns, deadline), Thread::startVirtualThread))
                .toList();
        List<PoolStatus> found = new ArrayList<>();
        for (CompletableFuture<Lookup<PoolStatus>> answer : asked) {
            switch (answer.join()) {
                case Lookup.Found<PoolStatus>(PoolStatus pool) -> found.add(pool);
                case Lookup.NotFound<PoolStatus> _ -> {}
                case Lookup.Unreachable<PoolStatus>(Lookup.Source source, String detail) -> {
                    return new Lookup.Unreachable<>(source, detail);
                }
            }
        }
        found.sort(Comparator.<PoolStatus, String>comparing(
                        status -> status.pool().cluster().value())
                .thenComparing(status -> status.pool().pool().value()));
        return new Lookup.Found<>(List.copyOf(found));
    }

    private Lookup<PoolStatus> askInTurn(String workflowId, Semaphore turns, Deadline deadline) {
        turns.acquireUninterruptibly();
        try {
            return ask(workflowId, deadline);
        } finally {
            turns.release();
        }
    }

    @Override
    public Lookup<PoolStatus> pool(PoolRef pool) {
        return ask(PoolWorkflow.workflowId(pool), deadline());
    }

    @Override
    public Lookup<PoolStatus> setDraining(PoolRef pool, boolean draining) {
        String workflowId = PoolWorkflow.workflowId(pool);
        CompletableFuture<Optional<Void>> answer = CompletableFuture.supplyAsync(
                () -> Optional.ofNullable(
                        client.newUntypedWorkflowStub(workflowId).update("setDraining", Void.class, draining)),
                Thread::startVirtualThread);
        try {
            answer.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
            return pool(pool);
        } catch (ExecutionException e) {
            return refusal(workflowId, e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException _) {
            return new Lookup.Unreachable<>(Lookup.Source.WORKER, NO_WORKER);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new Lookup.Unreachable<>(Lookup.Source.WORKER, "the question was interrupted");
        }
    }

    private Lookup<PoolStatus> refusal(String workflowId, Throwable thrown) {
        return switch (thrown) {
            case WorkflowNotFoundException _ -> notFound(workflowId);
            case StatusRuntimeException e -> unanswered(workflowId, e);
            case WorkflowServiceException service
            when service.getCause() instanceof StatusRuntimeException e -> unanswered(workflowId, e);
            default -> new Lookup.Unreachable<>(Lookup.Source.WORKER, NO_WORKER);
        };
    }

    private List<String> running(Deadline deadline) {
        List<String> ids = new ArrayList<>();
        ListWorkflowExecutionsRequest.Builder request = ListWorkflowExecutionsRequest.newBuilder()
                .setNamespace(namespace())
                .setQuery("WorkflowType = '" + PoolWorkflow.TYPE + "' AND ExecutionStatus = 'Running'")
                .setPageSize(PAGE_SIZE);
        do {
            ListWorkflowExecutionsResponse page = stub(deadline).listWorkflowExecutions(request.build());
            page.getExecutionsList().stream()
                    .map(WorkflowExecutionInfo::getExecution)
                    .map(WorkflowExecution::getWorkflowId)
                    .forEach(ids::add);
            request.setNextPageToken(page.getNextPageToken());
        } while (!request.getNextPageToken().isEmpty() && ids.size() < MAX_POOLS);
        return ids.stream().distinct().toList();
    }

    /** Asks the pool if it runs: Temporal answers for an ended one too. */
    private Lookup<PoolStatus> ask(String workflowId, Deadline deadline) {
        try {
            QueryWorkflowResponse answer = stub(deadline)
                    .queryWorkflow(QueryWorkflowRequest.newBuilder()
                            .setNamespace(namespace())
                            .setExecution(WorkflowExecution.newBuilder().setWorkflowId(workflowId))
                            .setQuery(WorkflowQuery.newBuilder().setQueryType("status"))
                            .setQueryRejectCondition(QueryRejectCondition.QUERY_REJECT_CONDITION_NOT_OPEN)
                            .build());
            if (answer.hasQueryRejected()) {
                return notFound(workflowId);
            }
            PoolStatus status = converter(workflowId)
                    .fromPayloads(0, Optional.of(answer.getQueryResult()), PoolStatus.class, PoolStatus.class);
            return status.machines().isEmpty() && status.waiting().isEmpty()
                    ? notFound(workflowId)
                    : new Lookup.Found<>(status);
        } catch (StatusRuntimeException e) {
            return unanswered(workflowId, e);
        } catch (UnreadablePayloadException e) {
            return new Lookup.Unreachable<>(Lookup.Source.TEMPORAL, e.problem().toLine());
        }
    }

    /** Without a worker Temporal rejects a query at once if none has polled for long, and lets it wait otherwise. */
    private Lookup<PoolStatus> unanswered(String workflowId, StatusRuntimeException e) {
        return switch (e.getStatus().getCode()) {
            case NOT_FOUND -> notFound(workflowId);
            case FAILED_PRECONDITION, DEADLINE_EXCEEDED -> new Lookup.Unreachable<>(Lookup.Source.WORKER, NO_WORKER);
            default -> new Lookup.Unreachable<>(Lookup.Source.TEMPORAL, faults.apply(e));
        };
    }

    private static Lookup<PoolStatus> notFound(String workflowId) {
        return new Lookup.NotFound<>("the " + workflowId + " has no machine, and no join waits for one");
    }

    private DataConverter converter(String workflowId) {
        return client.getOptions()
                .getDataConverter()
                .withContext(new WorkflowSerializationContext(namespace(), workflowId));
    }

    private String namespace() {
        return client.getOptions().getNamespace();
    }

    private WorkflowServiceBlockingStub stub(Deadline deadline) {
        return client.getWorkflowServiceStubs().blockingStub().withDeadline(deadline);
    }

    private static Deadline deadline() {
        return Deadline.after(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    }
}
