package io.nodejoin.workflows.simulation;

import com.google.protobuf.Any;
import io.temporal.api.command.v1.Command;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.common.v1.SearchAttributes;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.common.v1.WorkflowType;
import io.temporal.api.enums.v1.WorkflowTaskFailedCause;
import io.temporal.api.failure.v1.Failure;
import io.temporal.api.history.v1.History;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.protocol.v1.Message;
import io.temporal.api.update.v1.Input;
import io.temporal.api.update.v1.Meta;
import io.temporal.api.update.v1.Outcome;
import io.temporal.api.update.v1.Request;
import io.temporal.api.workflowservice.v1.PollWorkflowTaskQueueResponse;
import io.temporal.api.workflowservice.v1.RespondWorkflowTaskCompletedRequest;
import io.temporal.internal.worker.WorkflowTaskHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One run of a workflow in Temporal's server: its history, its workflow task, and its pending activities and timers. */
final class WorkflowRun {
    private static final Duration TASK_TIMEOUT = Duration.ofSeconds(10);

    final SimulatedTemporal temporal;
    final String workflowId;
    final String runId;
    final String type;
    final RunHistory history;
    final Map<Long, ActivityTask> activities = new TreeMap<>();
    final Map<String, PendingTimer> timers = new TreeMap<>();
    final Map<String, PendingUpdate> updates = new LinkedHashMap<>();

    private WorkflowTaskState state = WorkflowTaskState.NONE;
    private long scheduledEventId;
    private long startedEventId;
    private long previousStartedEventId;
    private long handedOut;
    private int failures;
    private boolean executing;
    private @Nullable HistoryEvent closed;

    private enum WorkflowTaskState {
        NONE,
        SCHEDULED,
        STARTED
    }

    record PendingTimer(long startedEventId, VirtualTime.ScheduledEvent firing) {}

    /** A pending update. */
    static final class PendingUpdate {
        final Request request;
        final Consumer<Outcome> answer;
        boolean handedOut;
        long acceptedEventId;

        PendingUpdate(Request request, Consumer<Outcome> answer) {
            this.request = request;
            this.answer = answer;
        }
    }

    WorkflowRun(SimulatedTemporal temporal, RunStart start, String runId) {
        this.temporal = temporal;
        this.workflowId = start.workflowId();
        this.runId = runId;
        this.type = start.type();
        this.history = new RunHistory(temporal.timeline::now);
        history.add(HistoryEvents.started(start, runId));
        scheduleTask();
    }

    /** Returns whether a workflow task has completed. */
    boolean hasBegun() {
        return previousStartedEventId != 0;
    }

    /** Returns whether a worker has a workflow task of the run in hand; until it is done the run can be neither queried nor replayed. */
    boolean isExecuting() {
        return executing;
    }

    boolean isClosed() {
        return closed != null;
    }

    /** Returns the event that closed the run. */
    @Nullable HistoryEvent closed() {
        return closed;
    }

    void close(long eventId) {
        closed = history.all().get((int) eventId - 1);
        temporal.trace.add(
                "temporal", "run ends: " + closed.getEventType().name().substring(11));
        temporal.code.forget(execution());
        activities.values().forEach(ActivityTask::forget);
        timers.values().forEach(timer -> timer.firing().callOff());
        updates.values().forEach(update -> update.answer.accept(SimulatedTemporal.failed("the workflow has ended")));
        updates.clear();
    }

    WorkflowExecution execution() {
        return WorkflowExecution.newBuilder()
                .setWorkflowId(workflowId)
                .setRunId(runId)
                .build();
    }

    /** Returns a memo value of the run. */
    Optional<Payload> memo(String key) {
        Payload newest = null;
        for (HistoryEvent event : history.all()) {
            newest =
                    event.getWorkflowExecutionStartedEventAttributes().getMemo().getFieldsOrDefault(key, newest);
            newest = event.getWorkflowPropertiesModifiedEventAttributes()
                    .getUpsertedMemo()
                    .getFieldsOrDefault(key, newest);
        }
        return Optional.ofNullable(newest);
    }

    /** Returns the search attributes of the run. */
    SearchAttributes attributes() {
        SearchAttributes.Builder all = SearchAttributes.newBuilder();
        for (HistoryEvent event : history.all()) {
            all.mergeFrom(event.getWorkflowExecutionStartedEventAttributes().getSearchAttributes());
            all.mergeFrom(
                    event.getUpsertWorkflowSearchAttributesEventAttributes().getSearchAttributes());
        }
        return all.build();
    }

    /** Adds an external event. */
    void addEvents(HistoryEvent.Builder... events) {
        if (closed != null) {
            return;
        }
        if (state == WorkflowTaskState.STARTED) {
            List.of(events).forEach(history::buffer);
        } else {
            List.of(events).forEach(history::add);
            scheduleTask();
        }
    }

    void signal(String name, Object argument) {
        addEvents(HistoryEvents.signaled(
                name, WorkflowExecutor.CONVERTER.toPayloads(argument).orElseThrow()));
    }

    void update(String name, Object argument, Consumer<Outcome> answer) {
        String id = "update-" + temporal.random.nextText(8);
        Request request = Request.newBuilder()
                .setMeta(Meta.newBuilder().setUpdateId(id).setIdentity("gateway"))
                .setInput(Input.newBuilder()
                        .setName(name)
                        .setArgs(WorkflowExecutor.CONVERTER.toPayloads(argument).orElseThrow()))
                .build();
        updates.put(id, new PendingUpdate(request, answer));
        scheduleTask();
    }

    /** Evicts the run with its worker. A worker that still executes a workflow task is not the one that was lost. */
    void loseWorker() {
        if (!executing) {
            temporal.code.forget(execution());
            handedOut = 0;
        }
    }

    private void scheduleTask() {
        if (state == WorkflowTaskState.NONE && closed == null) {
            state = WorkflowTaskState.SCHEDULED;
            scheduledEventId = history.add(HistoryEvents.taskScheduled());
            temporal.runOnWorker(temporal.random.nextMillis(1, 30), this::startTask);
        }
    }

    private void startTask(Replica replica) {
        if (closed != null) {
            return;
        }
        state = WorkflowTaskState.STARTED;
        startedEventId = history.add(HistoryEvents.taskStarted(scheduledEventId));
        if (temporal.losses.dropsWorkflowTask()) {
            temporal.trace.add("temporal", "workflow task is lost with its worker");
            loseWorker();
            temporal.timeline.scheduleAfter(TASK_TIMEOUT, this::timeOutTask);
            return;
        }
        if (temporal.losses.dropsCache()) {
            loseWorker();
        }
        Fiber executing = Fiber.start(temporal.timeline, fiber -> execute(fiber, replica));
        replica.track(executing);
        watchTask(executing, startedEventId);
    }

    /** Executes the task. If its process dies meanwhile, the run is lost from the process's cache. */
    private void execute(Fiber fiber, Replica replica) {
        WorkflowTaskHandler.Result result;
        boolean completed = false;
        executing = true;
        try {
            result =
                    temporal.code.handle(poll(), wanted -> new LocalActivity(temporal, wanted).execute(fiber, replica));
            fiber.sleep(temporal.random.nextMillis(0, 20));
            handedOut = startedEventId;
            completed = true;
        } finally {
            executing = false;
            if (!completed) {
                loseWorker();
            }
        }
        endTask(result);
    }

    /** Times the task out if its process is dead; one that executes local activities extends its time. */
    private void watchTask(Fiber executing, long task) {
        temporal.timeline.scheduleAfter(TASK_TIMEOUT, () -> {
            if (closed == null && state == WorkflowTaskState.STARTED && startedEventId == task) {
                if (executing.ended()) {
                    timeOutTask();
                } else {
                    watchTask(executing, task);
                }
            }
        });
    }

    private void timeOutTask() {
        if (closed == null) {
            history.add(HistoryEvents.taskTimedOut(scheduledEventId, startedEventId));
            rescheduleTask();
        }
    }

    private void failTask(WorkflowTaskFailedCause cause) {
        history.add(HistoryEvents.taskFailed(scheduledEventId, startedEventId, cause));
        loseWorker();
        rescheduleTask();
    }

    private void rescheduleTask() {
        updates.values().forEach(update -> update.handedOut = update.acceptedEventId != 0);
        state = WorkflowTaskState.NONE;
        history.flushBuffered();
        scheduleTask();
    }

    private PollWorkflowTaskQueueResponse poll() {
        List<Message> messages = new ArrayList<>();
        for (PendingUpdate update : updates.values()) {
            if (!update.handedOut) {
                update.handedOut = true;
                String id = update.request.getMeta().getUpdateId();
                messages.add(Message.newBuilder()
                        .setId(id + "/request")
                        .setProtocolInstanceId(id)
                        .setEventId(startedEventId - 1)
                        .setBody(Any.pack(update.request))
                        .build());
            }
        }
        return PollWorkflowTaskQueueResponse.newBuilder()
                .setWorkflowExecution(execution())
                .setWorkflowType(WorkflowType.newBuilder().setName(type))
                .setPreviousStartedEventId(previousStartedEventId)
                .setStartedEventId(startedEventId)
                .setAttempt(1)
                .setHistory(History.newBuilder().addAllEvents(history.from(handedOut + 1)))
                .addAllMessages(messages)
                .build();
    }

    private void endTask(WorkflowTaskHandler.Result result) {
        if (closed != null) {
            return;
        }
        if (result.getTaskFailed() != null) {
            failures++;
            temporal.reportDefect(
                    "workflow task failed: " + describe(result.getTaskFailed().getFailure()));
            if (failures > 3) {
                close(history.add(HistoryEvents.terminated()));
                return;
            }
            failTask(result.getTaskFailed().getCause());
            return;
        }
        RespondWorkflowTaskCompletedRequest completed = result.getTaskCompleted();
        if (history.hasBuffered() && completed.getCommandsList().stream().anyMatch(WorkflowRun::closes)) {
            temporal.trace.add("temporal", "something happened as the workflow ended: it is asked again");
            failTask(WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND);
            return;
        }
        previousStartedEventId = startedEventId;
        long completedEventId = history.add(HistoryEvents.taskCompleted(scheduledEventId, startedEventId, completed));
        new WorkflowTaskCommands(this, completedEventId, completed).apply();
        if (closed == null) {
            state = WorkflowTaskState.NONE;
            boolean more = history.hasBuffered() || updates.values().stream().anyMatch(update -> !update.handedOut);
            history.flushBuffered();
            if (more) {
                scheduleTask();
            }
        }
    }

    private static String describe(Failure failure) {
        return failure.getMessage() + (failure.hasCause() ? " <- " + describe(failure.getCause()) : "") + "\n"
                + failure.getStackTrace();
    }

    private static boolean closes(Command command) {
        return switch (command.getCommandType()) {
            case COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION,
                    COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION,
                    COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION,
                    COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION -> true;
            default -> false;
        };
    }
}
