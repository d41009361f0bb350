package io.nodejoin.workflows.simulation;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.nodejoin.workflows.cleanup.NodeCleanupWorkflowImpl;
import io.nodejoin.workflows.join.NodeJoinWorkflowImpl;
import io.nodejoin.workflows.leave.NodeLeaveWorkflowImpl;
import io.nodejoin.workflows.temporal.DataConverters;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.common.v1.WorkflowType;
import io.temporal.api.history.v1.History;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.query.v1.WorkflowQuery;
import io.temporal.api.taskqueue.v1.TaskQueue;
import io.temporal.api.workflowservice.v1.GetSystemInfoResponse.Capabilities;
import io.temporal.api.workflowservice.v1.PollWorkflowTaskQueueResponse;
import io.temporal.api.workflowservice.v1.RespondQueryTaskCompletedRequest;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc;
import io.temporal.client.WorkflowClient;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.interceptors.WorkerInterceptor;
import io.temporal.internal.replay.ReplayWorkflowTaskHandler;
import io.temporal.internal.statemachines.ExecuteLocalActivityParameters;
import io.temporal.internal.sync.POJOWorkflowImplementationFactory;
import io.temporal.internal.worker.LocalActivityResult;
import io.temporal.internal.worker.SingleWorkerOptions;
import io.temporal.internal.worker.WorkflowExecutorCache;
import io.temporal.internal.worker.WorkflowRunLockManager;
import io.temporal.internal.worker.WorkflowTaskHandler;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.worker.WorkflowImplementationOptions;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Executes workflow code by the SDK's own replayer: converts a workflow task to commands, in one thread. */
final class WorkflowExecutor implements AutoCloseable {
    static final String NAMESPACE = "simulation";
    static final DataConverter CONVERTER = DataConverters.dataConverter();

    private static final int RUNS_KEPT = 64;
    private static final ScopedValue<Function<ExecuteLocalActivityParameters, LocalActivityResult>> LOCAL_ACTIVITIES =
            ScopedValue.newInstance();
    private static final ExecutorService THREADS = Executors.newVirtualThreadPerTaskExecutor();

    private final WorkflowExecutorCache cache;
    private final ReplayWorkflowTaskHandler handler;
    private final SingleWorkerOptions options;

    WorkflowExecutor(WorkerInterceptor... interceptors) {
        options = SingleWorkerOptions.newBuilder()
                .setIdentity("simulation")
                .setDataConverter(CONVERTER)
                .setWorkerInterceptors(interceptors)
                .setDefaultDeadlockDetectionTimeout(Duration.ofMinutes(10).toMillis())
                .setUsingVirtualThreads(true)
                .build();
        cache = new WorkflowExecutorCache(RUNS_KEPT, new WorkflowRunLockManager(), options.getMetricsScope());
        var factory = new POJOWorkflowImplementationFactory(options, THREADS::submit, interceptors, cache, NAMESPACE);
        factory.registerWorkflowImplementationTypes(
                WorkflowImplementationOptions.newBuilder().build(),
                new Class<?>[] {NodeJoinWorkflowImpl.class, NodeLeaveWorkflowImpl.class, NodeCleanupWorkflowImpl.class
                });
        handler = new ReplayWorkflowTaskHandler(
                NAMESPACE,
                factory,
                cache,
                options,
                TaskQueue.newBuilder().setName("sticky").build(),
                Duration.ofSeconds(10),
                serviceThatNeverAnswers(),
                (wanted, report, _) -> {
                    report.apply(LOCAL_ACTIVITIES.get().apply(wanted));
                    return true;
                });
    }

    /**
     * Executes a task; one with a partial history continues from the cached run.
     *
     * @param executor executes a local activity to its end
     */
    WorkflowTaskHandler.Result handle(
            PollWorkflowTaskQueueResponse task,
            Function<ExecuteLocalActivityParameters, LocalActivityResult> executor) {
        return ScopedValue.where(LOCAL_ACTIVITIES, executor).call(() -> handle(task));
    }

    private WorkflowTaskHandler.Result handle(PollWorkflowTaskQueueResponse task) {
        try {
            return handler.handleWorkflowTask(task);
        } catch (Exception e) {
            throw new IllegalStateException("the workflow code cannot handle its task", e);
        }
    }

    /** Evicts the run: its next task must contain the whole history. */
    void forget(WorkflowExecution run) {
        cache.invalidate(run, options.getMetricsScope(), "simulated", null);
    }

    /** Replays a whole history as a worker does that has never seen it. Returns what fails. */
    Optional<String> replay(WorkflowRun run) {
        String error = query(run, WorkflowClient.QUERY_TYPE_REPLAY_ONLY, run.history.all())
                .getErrorMessage();
        return error.isEmpty() ? Optional.empty() : Optional.of("the history does not replay: " + error);
    }

    /** Queries the run after its last task. */
    @Nullable Object query(WorkflowRun run, Method asked) {
        RespondQueryTaskCompletedRequest answer =
                query(run, asked.getName(), run.isClosed() ? run.history.all() : List.of());
        if (!answer.getErrorMessage().isEmpty()) {
            throw new IllegalStateException(asked.getName() + ": " + answer.getErrorMessage());
        }
        return CONVERTER.fromPayloads(
                0, Optional.of(answer.getQueryResult()), asked.getReturnType(), asked.getGenericReturnType());
    }

    private RespondQueryTaskCompletedRequest query(WorkflowRun run, String type, List<HistoryEvent> history) {
        return handle(PollWorkflowTaskQueueResponse.newBuilder()
                        .setWorkflowExecution(run.execution())
                        .setWorkflowType(WorkflowType.newBuilder().setName(run.type))
                        .setStartedEventId(Long.MAX_VALUE)
                        .setPreviousStartedEventId(Long.MAX_VALUE)
                        .setHistory(History.newBuilder().addAllEvents(history))
                        .setQuery(WorkflowQuery.newBuilder().setQueryType(type))
                        .build())
                .getQueryCompleted();
    }

    @Override
    public void close() {
        cache.invalidateAll();
    }

    /** The SDK tells the server when it drops a run whose task has failed, and ignores the answer. */
    private static final class UnansweredChannel extends Channel {
        @Override
        public <I, O> ClientCall<I, O> newCall(MethodDescriptor<I, O> method, CallOptions options) {
            return new ClientCall<>() {
                @Override
                public void start(Listener<O> listener, Metadata headers) {}

                @Override
                public void request(int messages) {}

                @Override
                public void cancel(@Nullable String message, @Nullable Throwable cause) {}

                @Override
                public void halfClose() {}

                @Override
                public void sendMessage(I message) {}
            };
        }

        @Override
        public String authority() {
            return "simulation";
        }
    }

    private static WorkflowServiceStubs serviceThatNeverAnswers() {
        Supplier<Capabilities> capabilities =
                () -> Capabilities.newBuilder().setSdkMetadata(true).build();
        return (WorkflowServiceStubs) Proxy.newProxyInstance(
                WorkflowServiceStubs.class.getClassLoader(),
                new Class<?>[] {WorkflowServiceStubs.class},
                (_, method, _) -> {
                    return switch (method.getName()) {
                        case "getServerCapabilities" -> capabilities;
                        case "futureStub" -> WorkflowServiceGrpc.newFutureStub(new UnansweredChannel());
                        default -> throw new UnsupportedOperationException(method.getName());
                    };
                });
    }
}
