package io.nodejoin.visibility.join;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinRequested;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.lifecycle.AbortRequest;
import io.nodejoin.workflows.lifecycle.AbortResponse;
import io.nodejoin.workflows.lifecycle.DeadlineExtension;
import io.nodejoin.workflows.lifecycle.ExtendedDeadline;
import io.nodejoin.workflows.lifecycle.JoinProgress;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import io.nodejoin.workflows.lifecycle.MachineBindingWorkflow;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.temporal.UnreadablePayloadException;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.history.v1.WorkflowExecutionStartedEventAttributes;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.CountWorkflowExecutionsRequest;
import io.temporal.api.workflowservice.v1.GetWorkflowExecutionHistoryRequest;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsRequest;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsResponse;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc.WorkflowServiceBlockingStub;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowExecutionDescription;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowServiceException;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

/** Joins and leaves as Temporal knows them. Holds no state; the time of each call is bounded. */
public final class TemporalJoinDirectory implements JoinDirectory {
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration WORKER_TIMEOUT = Duration.ofSeconds(10);
    private static final int MAX_PAGE_SIZE = 1000;
    private static final int MAX_REQUESTS = 50;
    private static final String NO_WORKER = "no worker of Nodejoin answers: is the service running?";

    private final WorkflowClient client;
    private final Function<StatusRuntimeException, String> faults;

    /**
     * @param client a client that fails fast when Temporal is unavailable
     * @param faults says in a sentence why a call of Temporal failed
     */
    public TemporalJoinDirectory(WorkflowClient client, Function<StatusRuntimeException, String> faults) {
        this.client = client;
        this.faults = faults;
    }

    @Override
    public Lookup<JoinPage> list(JoinFilter filter, int pageSize, PageToken page) {
        return callTemporal(() -> {
            ListWorkflowExecutionsResponse found = stub().listWorkflowExecutions(
                            ListWorkflowExecutionsRequest.newBuilder()
                                    .setNamespace(namespace())
                                    .setQuery(filter.toQuery())
                                    .setPageSize(Math.clamp(pageSize, 1, MAX_PAGE_SIZE))
                                    .setNextPageToken(page.toBytes())
                                    .build());
            return new JoinPage(
                    found.getExecutionsList().stream()
                            .flatMap(run -> summary(run).stream())
                            .toList(),
                    found.getNextPageToken().isEmpty() ? null : PageToken.of(found.getNextPageToken()));
        });
    }

    @Override
    public Lookup<Long> count(JoinFilter filter) {
        return callTemporal(() -> stub().countWorkflowExecutions(CountWorkflowExecutionsRequest.newBuilder()
                        .setNamespace(namespace())
                        .setQuery(filter.toQuery())
                        .build())
                .getCount());
    }

    /** One count per phase, all at once: Temporal's SQL visibility groups by execution status only. */
    @Override
    public Lookup<Map<Phase, Long>> countByPhase(JoinFilter filter, Set<Phase> phases) {
        Map<Phase, CompletableFuture<Lookup<Long>>> asked = new LinkedHashMap<>();
        phases.forEach(phase -> asked.put(
                phase,
                CompletableFuture.supplyAsync(
                        () -> count(filter.withPhases(Set.of(phase))), Thread::startVirtualThread)));
        Map<Phase, Long> counts = new EnumMap<>(Phase.class);
        for (Map.Entry<Phase, CompletableFuture<Lookup<Long>>> answer : asked.entrySet()) {
            switch (answer.getValue().join()) {
                case Lookup.Found<Long>(Long count) -> counts.put(answer.getKey(), count);
                case Lookup.NotFound<Long>(String detail) -> {
                    return new Lookup.NotFound<>(detail);
                }
                case Lookup.Unreachable<Long>(Lookup.Source source, String detail) -> {
                    return new Lookup.Unreachable<>(source, detail);
                }
            }
        }
        return new Lookup.Found<>(Map.copyOf(counts));
    }

    @Override
    public Lookup<JoinProgress> progress(NodeRef node) {
        return call(node, () -> stub(node).query("progress", JoinProgress.class));
    }

    @Override
    public Lookup<JoinDetails> details(NodeRef node) {
        return switch (call(node, () -> stub(node).describe())) {
            case Lookup.Found<WorkflowExecutionDescription>(WorkflowExecutionDescription run) -> details(node, run);
            case Lookup.NotFound<WorkflowExecutionDescription>(String detail) -> new Lookup.NotFound<>(detail);
            case Lookup.Unreachable<WorkflowExecutionDescription>(Lookup.Source source, String detail) ->
                new Lookup.Unreachable<>(source, detail);
        };
    }

    private Lookup<JoinDetails> details(NodeRef node, WorkflowExecutionDescription run) {
        Optional<JoinSummary> summary = summary(run.getWorkflowExecutionInfo());
        if (summary.isEmpty()) {
            return new Lookup.NotFound<>("the workflow of " + node.name() + " is not one of Nodejoin");
        }
        Lookup<JoinHistory> history = call(node, () -> history(run));
        Lookup<JoinProgress> progress = progress(node);
        return history.map(found -> switch (progress) {
            case Lookup.Found<JoinProgress>(JoinProgress known) -> new JoinDetails(summary.get(), known, null, found);
            case Lookup.NotFound<JoinProgress>(String detail) -> new JoinDetails(summary.get(), null, detail, found);
            case Lookup.Unreachable<JoinProgress>(Lookup.Source _, String detail) ->
                new JoinDetails(summary.get(), null, detail, found);
        });
    }

    private JoinHistory history(WorkflowExecutionDescription run) {
        return new HistoryReader(client.getOptions().getDataConverter())
                .read(
                        client.fetchHistory(
                                        run.getExecution().getWorkflowId(),
                                        run.getExecution().getRunId())
                                .getEvents(),
                        run.getRawDescription().getPendingActivitiesList());
    }

    @Override
    public Lookup<List<JoinSummary>> requests(NodeRef node) {
        Lookup<List<JoinSummary>> listed = callTemporal(() -> stub()
                .listWorkflowExecutions(ListWorkflowExecutionsRequest.newBuilder()
                        .setNamespace(namespace())
                        .setQuery("WorkflowId = '" + NodeJoinWorkflow.workflowId(node.cluster(), node.name()) + "'")
                        .setPageSize(MAX_REQUESTS)
                        .build())
                .getExecutionsList()
                .stream()
                .flatMap(run -> summary(run).stream())
                .toList());
        // The list of a request that has just started may not have it yet.
        return listed instanceof Lookup.Found<List<JoinSummary>>(List<JoinSummary> found) && found.isEmpty()
                ? call(
                        node,
                        () -> summary(stub(node).describe().getWorkflowExecutionInfo()).stream()
                                .toList())
                : listed;
    }

    @Override
    public Lookup<JoinRequested> request(NodeRef node) {
        Lookup<Optional<JoinRequested>> found =
                call(node, () -> requestOf(stub(node).describe()));
        return found instanceof Lookup.Found<Optional<JoinRequested>>(Optional<JoinRequested> request)
                        && request.isEmpty()
                ? new Lookup.NotFound<>(
                        "the latest request for " + node.name() + " in " + node.cluster() + " is a leave")
                : found.map(Optional::orElseThrow);
    }

    private Optional<JoinRequested> requestOf(WorkflowExecutionDescription run) {
        if (RequestKind.ofWorkflowType(run.getWorkflowType())
                .filter(RequestKind.JOIN::equals)
                .isEmpty()) {
            return Optional.empty();
        }
        WorkflowExecutionStartedEventAttributes started = started(run.getExecution());
        JoinRequest request = requestOf(started);
        return Optional.of(requestBeforeBinding(run.getExecution(), started)
                .filter(earlier -> earlier.joinId().equals(request.joinId()))
                .orElse(request)
                .spec());
    }

    /** A join that got a machine of its pool continues the run in which it had none. Empty if there is no such run any more. */
    private Optional<JoinRequest> requestBeforeBinding(
            WorkflowExecution run, WorkflowExecutionStartedEventAttributes started) {
        if (started.getContinuedExecutionRunId().isEmpty()) {
            return Optional.empty();
        }
        try {
            WorkflowExecutionStartedEventAttributes before = started(run.toBuilder()
                    .setRunId(started.getContinuedExecutionRunId())
                    .build());
            return before.getWorkflowType().getName().equals(MachineBindingWorkflow.class.getSimpleName())
                    ? Optional.of(requestOf(before))
                    : Optional.empty();
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private WorkflowExecutionStartedEventAttributes started(WorkflowExecution run) {
        return stub().getWorkflowExecutionHistory(GetWorkflowExecutionHistoryRequest.newBuilder()
                        .setNamespace(namespace())
                        .setExecution(run)
                        .setMaximumPageSize(1)
                        .build())
                .getHistory()
                .getEvents(0)
                .getWorkflowExecutionStartedEventAttributes();
    }

    /** A run begins with its request. */
    private JoinRequest requestOf(WorkflowExecutionStartedEventAttributes started) {
        return client.getOptions()
                .getDataConverter()
                .fromPayload(started.getInput().getPayloads(0), JoinRequest.class, JoinRequest.class);
    }

    @Override
    public UpdateResult<JoinId> abort(NodeRef node, AbortRequest request) {
        return update(node, "abort", AbortResponse.class, request, AbortResponse::joinId);
    }

    @Override
    public UpdateResult<ExtendedDeadline> extendDeadline(NodeRef node, DeadlineExtension extension) {
        return update(node, "extendDeadline", ExtendedDeadline.class, extension, Function.identity());
    }

    private <R, T> UpdateResult<T> update(
            NodeRef node, String name, Class<R> response, Object request, Function<R, T> result) {
        CompletableFuture<R> answer = CompletableFuture.supplyAsync(
                () -> stub(node).update(name, response, request), Thread::startVirtualThread);
        try {
            return new UpdateResult.Accepted<>(result.apply(answer.get(WORKER_TIMEOUT.toSeconds(), TimeUnit.SECONDS)));
        } catch (ExecutionException e) {
            return refusal(node, e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException _) {
            return new UpdateResult.Unanswered<>(Lookup.Source.WORKER, NO_WORKER);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new UpdateResult.Unanswered<>(Lookup.Source.WORKER, "the question was interrupted");
        }
    }

    private <T> UpdateResult<T> refusal(NodeRef node, Throwable thrown) {
        return switch (thrown) {
            case WorkflowNotFoundException _ ->
                new UpdateResult.NothingRuns<>(
                        "no join or leave of " + node.name() + " in " + node.cluster() + " is running");
            case WorkflowUpdateException refused -> new UpdateResult.Refused<>(Failures.problemOf(refused));
            case StatusRuntimeException e -> new UpdateResult.Unanswered<>(Lookup.Source.TEMPORAL, faults.apply(e));
            case WorkflowServiceException service
            when service.getCause() instanceof StatusRuntimeException e && !isWithoutWorker(e) ->
                new UpdateResult.Unanswered<>(Lookup.Source.TEMPORAL, faults.apply(e));
            default -> new UpdateResult.Unanswered<>(Lookup.Source.WORKER, NO_WORKER);
        };
    }

    private WorkflowStub stub(NodeRef node) {
        return client.newUntypedWorkflowStub(NodeJoinWorkflow.workflowId(node.cluster(), node.name()));
    }

    private WorkflowServiceBlockingStub stub() {
        return client.getWorkflowServiceStubs()
                .blockingStub()
                .withDeadlineAfter(CALL_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    }

    private String namespace() {
        return client.getOptions().getNamespace();
    }

    private Optional<JoinSummary> summary(WorkflowExecutionInfo run) {
        return new RunReader(client.getOptions().getDataConverter()).summary(run);
    }

    private <T> Lookup<T> call(NodeRef node, Supplier<T> question) {
        try {
            return callTemporal(question);
        } catch (WorkflowNotFoundException _) {
            return new Lookup.NotFound<>("no join or leave of " + node.name() + " in " + node.cluster() + " is known");
        } catch (WorkflowException _) {
            return new Lookup.Unreachable<>(Lookup.Source.WORKER, NO_WORKER);
        }
    }

    private <T> Lookup<T> callTemporal(Supplier<T> call) {
        try {
            return new Lookup.Found<>(call.get());
        } catch (StatusRuntimeException e) {
            return unanswered(e);
        } catch (WorkflowServiceException e) {
            return switch (e.getCause()) {
                case StatusRuntimeException status -> unanswered(status);
                case UnreadablePayloadException unreadable -> unreadable(unreadable);
                case null, default -> throw e;
            };
        } catch (UnreadablePayloadException e) {
            return unreadable(e);
        }
    }

    private static <T> Lookup<T> unreadable(UnreadablePayloadException e) {
        return new Lookup.Unreachable<>(Lookup.Source.TEMPORAL, e.problem().toLine());
    }

    private <T> Lookup<T> unanswered(StatusRuntimeException e) {
        return isWithoutWorker(e)
                ? new Lookup.Unreachable<>(Lookup.Source.WORKER, NO_WORKER)
                : new Lookup.Unreachable<>(Lookup.Source.TEMPORAL, faults.apply(e));
    }

    /** How Temporal answers a query that no worker has polled for. */
    private static boolean isWithoutWorker(StatusRuntimeException e) {
        return e.getStatus().getCode() == Status.Code.FAILED_PRECONDITION;
    }

    @Override
    public Lookup<Optional<Instant>> oldest(JoinFilter filter, Instant now) {
        return new OldestSearch(this).oldest(filter, now);
    }
}
