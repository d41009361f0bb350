package io.nodejoin.workflows.simulation;

import io.nodejoin.workflows.cleanup.CleanupRequest;
import io.nodejoin.workflows.lifecycle.EnrollmentProof;
import io.nodejoin.workflows.lifecycle.NodeRequest;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.enums.v1.RetryState;
import io.temporal.api.history.v1.History;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.update.v1.Outcome;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.common.SearchAttributes;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.failure.CanceledFailure;
import io.temporal.internal.common.SearchAttributesUtil;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.UpdateMethod;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Temporal in virtual time for a test that says itself what happens. Time passes only while the test or an activity waits, nothing is lost
 * on the way, and two replicas of the service answer. The test calls from its own thread, an activity from the one that it runs on.
 */
public final class VirtualTemporal implements AutoCloseable {
    /** The SDK passes no argument on to a method without parameters. */
    private static final String NO_ARGUMENT = "";

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration LOOK = Duration.ofMillis(20);
    /** More than the duration of any scenario. */
    private static final Duration LONGEST = Duration.ofHours(2);

    private final WorkflowExecutor code = new WorkflowExecutor();
    private final List<Object> activities = new ArrayList<>();
    private final VirtualTime timeline;
    private final EventTrace trace;
    private final SimulatedTemporal temporal;

    /** @param seed determines latencies, and the order of events in the same millisecond */
    public VirtualTemporal(long seed) {
        SeededRandom random = new SeededRandom(seed);
        timeline = new VirtualTime(START, random);
        trace = new EventTrace(START, timeline::now);
        temporal = new SimulatedTemporal(
                timeline, random, trace, Losses.NONE, code, new Replicas(timeline, random, this::execute));
    }

    /** Registers the activities of the interfaces that this object implements. */
    public void register(Object implementation) {
        activities.add(implementation);
    }

    public Instant now() {
        return timeline.now();
    }

    public void sleep(Duration time) {
        Optional<Fiber> caller = Fiber.current();
        if (caller.isPresent()) {
            caller.get().sleep(time);
        } else {
            AtomicBoolean over = new AtomicBoolean();
            timeline.scheduleAfter(time, () -> over.set(true));
            pass(now().plus(time), over::get);
        }
    }

    /** Advances time until the condition holds. */
    public void await(BooleanSupplier condition) {
        Instant end = now().plus(LONGEST);
        Optional<Fiber> caller = Fiber.current();
        if (caller.isPresent()) {
            caller.get().await(end, LOOK, condition);
        } else {
            pass(end, condition);
        }
        if (!condition.getAsBoolean()) {
            throw new AssertionError("What the test waits for does not happen:\n" + story());
        }
    }

    /** Kills the process of the calling activity: it neither continues nor reports. Does not return. */
    public RuntimeException die() {
        Fiber caller = Fiber.current().orElseThrow();
        caller.kill();
        caller.sleep(Duration.ZERO);
        throw new IllegalStateException("an activity goes on after its death");
    }

    /** Starts the workflow of a request as the service does. */
    public void start(String workflowId, NodeRequest request) {
        temporal.start(workflowId, request);
    }

    /** Starts the workflow of a request for which an agent has waited with this proof. */
    public void start(String workflowId, NodeRequest request, EnrollmentProof enrollment) {
        temporal.startRun(RunStart.of(workflowId, request).with(request, enrollment));
    }

    /** Starts a cleanup as the garbage collector does. */
    public void start(CleanupRequest request) {
        temporal.startRun(RunStart.of(request));
    }

    /** Returns a stub of the newest run, for signals, updates and queries. */
    public <T> T stub(Class<T> workflow) {
        return workflow.cast(Proxy.newProxyInstance(
                workflow.getClassLoader(),
                new Class<?>[] {workflow},
                (_, method, arguments) -> call(method, arguments)));
    }

    public void cancel() {
        temporal.cancel();
    }

    /** Waits for the end of the last run. */
    public <T> T result(Class<T> type) {
        await(() -> temporal.running().isEmpty());
        WorkflowRun last = newest();
        HistoryEvent end = Objects.requireNonNull(last.closed());
        if (end.getEventType() == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED) {
            return WorkflowExecutor.CONVERTER.fromPayloads(
                    0,
                    Optional.of(
                            end.getWorkflowExecutionCompletedEventAttributes().getResult()),
                    type,
                    type);
        }
        throw new WorkflowFailedException(
                last.execution(),
                last.type,
                end.getEventType(),
                0,
                RetryState.RETRY_STATE_NON_RETRYABLE_FAILURE,
                cause(end));
    }

    private static Throwable cause(HistoryEvent end) {
        return end.hasWorkflowExecutionFailedEventAttributes()
                ? WorkflowExecutor.CONVERTER.failureToException(
                        end.getWorkflowExecutionFailedEventAttributes().getFailure())
                : new CanceledFailure("cancelled");
    }

    /** Waits for the end of the first run. */
    public void awaitFirst() {
        await(() -> temporal.runs().getFirst().isClosed());
    }

    public WorkflowExecutionHistory historyOfFirst() {
        return history(temporal.runs().getFirst());
    }

    public WorkflowExecutionHistory history() {
        return history(newest());
    }

    public Optional<String> memo(String key) {
        return newest().memo(key)
                .map(value -> WorkflowExecutor.CONVERTER.fromPayload(value, String.class, String.class));
    }

    public SearchAttributes attributes() {
        return SearchAttributesUtil.decodeTyped(newest().attributes());
    }

    /** Returns violations of Temporal's rules: failed tasks, rejected commands, histories that do not replay. */
    public List<String> defects() {
        await(() -> temporal.runs().stream().noneMatch(WorkflowRun::isExecuting));
        List<String> defects = new ArrayList<>(temporal.defects());
        byVirtualThread(() -> temporal.runs().forEach(run -> code.replay(run).ifPresent(defects::add)));
        return defects;
    }

    /** Returns the trace, by seconds of virtual time. */
    public String story() {
        return String.join("\n", trace.lines());
    }

    @Override
    public void close() {
        timeline.stop();
        code.close();
    }

    private void pass(Instant end, BooleanSupplier until) {
        byVirtualThread(() -> timeline.run(end, until));
    }

    /** Runs the test on a virtual thread, which switches to those of workflows and activities faster than a platform thread. */
    private static void byVirtualThread(Runnable work) {
        FutureTask<@Nullable Void> task = new FutureTask<>(work, null);
        Thread.ofVirtual().start(task);
        try {
            task.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException thrown -> throw thrown;
                case Error thrown -> throw thrown;
                case null, default -> throw new IllegalStateException(e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the test takes too long", e);
        }
    }

    private void execute(ActivityAttempt execution) {
        Class<?> contract = ActivityMethods.contract(execution.task);
        Object target =
                activities.stream().filter(contract::isInstance).findFirst().orElseThrow();
        execution.start(running -> {
            trace.add("activity", running.actor() + " on " + running.replica.name);
            return ActivityMethods.invoke(running.task, target, ActivityMethods.argument(running.task));
        });
    }

    private @Nullable Object call(Method method, Object @Nullable [] arguments) {
        if (method.isAnnotationPresent(QueryMethod.class)) {
            return code.query(asked(), method);
        }
        Object argument = arguments == null ? NO_ARGUMENT : arguments[0];
        trace.add("test", method.getName() + " " + argument);
        if (method.isAnnotationPresent(SignalMethod.class)) {
            if (!temporal.signal(method.getName(), argument)) {
                throw new IllegalStateException("no workflow runs");
            }
            return null;
        }
        if (method.isAnnotationPresent(UpdateMethod.class)) {
            return update(method, argument);
        }
        throw new UnsupportedOperationException(method.getName());
    }

    /** Waits for the first workflow task, before which a run cannot be queried. */
    private WorkflowRun asked() {
        WorkflowRun run = newest();
        await(() -> run.hasBegun() && !run.isExecuting());
        return run;
    }

    private @Nullable Object update(Method method, Object argument) {
        WorkflowExecution run = newest().execution();
        AtomicReference<@Nullable Outcome> answer = new AtomicReference<>();
        temporal.update(method.getName(), argument, answer::set);
        await(() -> answer.get() != null);
        Outcome outcome = Objects.requireNonNull(answer.get());
        if (outcome.hasFailure()) {
            throw new WorkflowUpdateException(
                    run, "", method.getName(), WorkflowExecutor.CONVERTER.failureToException(outcome.getFailure()));
        }
        return WorkflowExecutor.CONVERTER.fromPayloads(
                0, Optional.of(outcome.getSuccess()), method.getReturnType(), method.getGenericReturnType());
    }

    private WorkflowRun newest() {
        return temporal.runs().getLast();
    }

    private static WorkflowExecutionHistory history(WorkflowRun run) {
        return new WorkflowExecutionHistory(
                History.newBuilder().addAllEvents(run.history.all()).build(), run.workflowId);
    }
}
