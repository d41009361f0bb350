package io.nodejoin.visibility.join;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.nodejoin.protocol.Phase;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.lifecycle.AbortRequest;
import io.nodejoin.workflows.lifecycle.AbortResponse;
import io.nodejoin.workflows.lifecycle.JoinProgress;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import io.nodejoin.workflows.node.NodeRef;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.CountWorkflowExecutionsRequest;
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
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Joins and leaves as Temporal knows them. Holds no state; the time of each call is bounded. */
public final class TemporalJoinDirectory implements JoinDirectory {
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration WORKER_TIMEOUT = Duration.ofSeconds(10);
    private static final int MAX_PAGE_SIZE = 1000;

    private final WorkflowClient client;

    /** @param client a client that fails fast when Temporal is unavailable */
    public TemporalJoinDirectory(WorkflowClient client) {
        this.client = client;
    }

    @Override
    public Lookup<JoinPage> list(JoinFilter filter, int pageSize, PageToken page) {
        return callTemporal("the list of joins", () -> {
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
        return callTemporal(
                "the number of joins",
                () -> stub().countWorkflowExecutions(CountWorkflowExecutionsRequest.newBuilder()
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
    public AbortResult abort(NodeRef node, AbortRequest request) {
        CompletableFuture<AbortResponse> answer = CompletableFuture.supplyAsync(
                () -> stub(node).update("abort", AbortResponse.class, request), Thread::startVirtualThread);
        try {
            return new AbortResult.Accepted(
                    answer.get(WORKER_TIMEOUT.toSeconds(), TimeUnit.SECONDS).joinId());
        } catch (ExecutionException e) {
            return refusal(node, e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException _) {
            return new AbortResult.Unanswered(Lookup.Source.WORKER, noWorker(node));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new AbortResult.Unanswered(Lookup.Source.WORKER, "the question was interrupted");
        }
    }

    private static AbortResult refusal(NodeRef node, Throwable thrown) {
        return switch (thrown) {
            case WorkflowNotFoundException _ ->
                new AbortResult.NothingRuns(
                        "no join or leave of " + node.name() + " in " + node.cluster() + " is running");
            case WorkflowUpdateException refused -> new AbortResult.Refused(Failures.problemOf(refused));
            case StatusRuntimeException e -> new AbortResult.Unanswered(Lookup.Source.TEMPORAL, unreachable(e));
            default -> new AbortResult.Unanswered(Lookup.Source.WORKER, noWorker(node));
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

    private static <T> Lookup<T> call(NodeRef node, Supplier<T> question) {
        try {
            return callTemporal("the join of " + node.name(), question);
        } catch (WorkflowNotFoundException _) {
            return new Lookup.NotFound<>("no join or leave of " + node.name() + " in " + node.cluster() + " is known");
        } catch (WorkflowException _) {
            return new Lookup.Unreachable<>(Lookup.Source.WORKER, noWorker(node));
        }
    }

    private static <T> Lookup<T> callTemporal(String what, Supplier<T> call) {
        try {
            return new Lookup.Found<>(call.get());
        } catch (StatusRuntimeException e) {
            return answer(what, e);
        } catch (WorkflowServiceException e) {
            if (!(e.getCause() instanceof StatusRuntimeException status)) {
                throw e;
            }
            return answer(what, status);
        }
    }

    private static <T> Lookup<T> answer(String what, StatusRuntimeException e) {
        return e.getStatus().getCode() == Status.Code.NOT_FOUND
                ? new Lookup.NotFound<>("Temporal no longer has " + what)
                : new Lookup.Unreachable<>(Lookup.Source.TEMPORAL, unreachable(e));
    }

    private static String unreachable(StatusRuntimeException e) {
        String description = e.getStatus().getDescription();
        return "Temporal does not answer: " + e.getStatus().getCode() + (description == null ? "" : ", " + description);
    }

    private static String noWorker(NodeRef node) {
        return "no worker of Nodejoin answers for " + node.name() + ": is the service running?";
    }

    @Override
    public Lookup<Optional<Instant>> oldest(JoinFilter filter, Instant now) {
        return new OldestSearch(this).oldest(filter, now);
    }
}
