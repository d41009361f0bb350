package io.nodejoin.workflows.simulation;

import com.google.protobuf.Any;
import io.temporal.api.command.v1.Command;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.common.v1.WorkflowType;
import io.temporal.api.enums.v1.WorkflowTaskFailedCause;
import io.temporal.api.failure.v1.Failure;
import io.temporal.api.history.v1.History;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.protocol.v1.Message;
import io.temporal.api.update.v1.Input;
import io.temporal.api.update.v1.Meta;
import io.temporal.api.update.v1.Request;
import io.temporal.api.workflowservice.v1.PollWorkflowTaskQueueResponse;
import io.temporal.api.workflowservice.v1.RespondWorkflowTaskCompletedRequest;
import io.temporal.internal.worker.WorkflowTaskHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One run of a workflow as Temporal's server sees it: its history, its workflow task, and what is under way for it. */
final class WorkflowRun {
    final SimulatedTemporal temporal;
    final String workflowId;
    final String runId;
    final String type;
    final RunHistory history;
    final Map<Long, ActivityTask> activities = new TreeMap<>();
    final Map<String, PendingTimer> timers = new TreeMap<>();
    final Map<String, PendingUpdate> updates = new LinkedHashMap<>();

    private TaskState state = TaskState.NONE;
    private long scheduledEventId;
    private long startedEventId;
    private long previousStartedEventId;
    private long handedOut;
    private int failures;
    private @Nullable HistoryEvent closed;

    private enum TaskState {
        NONE,
        SCHEDULED,
        STARTED
    }

    record PendingTimer(long startedEventId, Timeline.Moment firing) {}

    /** An update that nobody has answered yet; its answer is a failure or nothing. */
    static final class PendingUpdate {
        final Request request;
        final Consumer<@Nullable Failure> answer;
        boolean handedOut;
        long acceptedEventId;

        PendingUpdate(Request request, Consumer<@Nullable Failure> answer) {
            this.request = request;
            this.answer = answer;
        }
    }

    WorkflowRun(SimulatedTemporal temporal, String workflowId, String runId, String type, Payloads input) {
        this.temporal = temporal;
        this.workflowId = workflowId;
        this.runId = runId;
        this.type = type;
        this.history = new RunHistory(temporal.timeline::now);
        history.add(Events.started(this, input));
        scheduleTask();
    }

    boolean isClosed() {
        return closed != null;
    }

    /** The event that ended the run. */
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
        updates.values()
                .forEach(update -> update.answer.accept(Failure.newBuilder()
                        .setMessage("the workflow has ended")
                        .build()));
        updates.clear();
    }

    WorkflowExecution execution() {
        return WorkflowExecution.newBuilder()
                .setWorkflowId(workflowId)
                .setRunId(runId)
                .build();
    }

    /** Something happened to the workflow from outside of its own commands. */
    void happen(HistoryEvent.Builder... events) {
        if (closed != null) {
            return;
        }
        if (state == TaskState.STARTED) {
            List.of(events).forEach(history::keepWaiting);
        } else {
            List.of(events).forEach(history::add);
            scheduleTask();
        }
    }

    void signal(String name, Object argument) {
        happen(Events.signaled(name, WorkflowCode.CONVERTER.toPayloads(argument).orElseThrow()));
    }

    void update(String name, Object argument, Consumer<@Nullable Failure> answer) {
        String id = "update-" + temporal.chance.text(8);
        Request request = Request.newBuilder()
                .setMeta(Meta.newBuilder().setUpdateId(id).setIdentity("gateway"))
                .setInput(Input.newBuilder()
                        .setName(name)
                        .setArgs(WorkflowCode.CONVERTER.toPayloads(argument).orElseThrow()))
                .build();
        updates.put(id, new PendingUpdate(request, answer));
        scheduleTask();
    }

    /** The worker that keeps this run in memory is gone. */
    void loseWorker() {
        temporal.code.forget(execution());
        handedOut = 0;
    }

    private void scheduleTask() {
        if (state == TaskState.NONE && closed == null) {
            state = TaskState.SCHEDULED;
            scheduledEventId = history.add(Events.taskScheduled());
            temporal.whenWorkflowsRun(temporal.chance.millis(1, 30), this::startTask);
        }
    }

    private void startTask() {
        if (closed != null) {
            return;
        }
        state = TaskState.STARTED;
        startedEventId = history.add(Events.taskStarted(scheduledEventId));
        if (temporal.weather.losesTask()) {
            temporal.trace.add("temporal", "workflow task is lost with its worker");
            loseWorker();
            temporal.timeline.after(Duration.ofSeconds(10), this::timeOutTask);
            return;
        }
        if (temporal.weather.losesCache()) {
            loseWorker();
        }
        WorkflowTaskHandler.Result result = temporal.code.handle(poll());
        handedOut = startedEventId;
        temporal.timeline.after(temporal.chance.millis(0, 20), () -> endTask(result));
    }

    private void timeOutTask() {
        if (closed == null) {
            history.add(Events.taskTimedOut(scheduledEventId, startedEventId));
            again();
        }
    }

    private void failTask(WorkflowTaskFailedCause cause) {
        history.add(Events.taskFailed(scheduledEventId, startedEventId, cause));
        loseWorker();
        again();
    }

    private void again() {
        updates.values().forEach(update -> update.handedOut = update.acceptedEventId != 0);
        state = TaskState.NONE;
        history.addWaiting();
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
            temporal.defect(
                    "workflow task failed: " + text(result.getTaskFailed().getFailure()));
            if (failures > 3) {
                close(history.add(Events.terminated()));
                return;
            }
            failTask(result.getTaskFailed().getCause());
            return;
        }
        RespondWorkflowTaskCompletedRequest completed = result.getTaskCompleted();
        if (history.hasWaiting() && completed.getCommandsList().stream().anyMatch(WorkflowRun::closes)) {
            temporal.trace.add("temporal", "something happened as the workflow ended: it is asked again");
            failTask(WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND);
            return;
        }
        previousStartedEventId = startedEventId;
        long completedEventId = history.add(Events.taskCompleted(scheduledEventId, startedEventId, completed));
        new CommandsOfTask(this, completedEventId, completed).apply();
        if (closed == null) {
            state = TaskState.NONE;
            boolean more = history.hasWaiting() || updates.values().stream().anyMatch(update -> !update.handedOut);
            history.addWaiting();
            if (more) {
                scheduleTask();
            }
        }
    }

    private static String text(Failure failure) {
        return failure.getMessage() + (failure.hasCause() ? " <- " + text(failure.getCause()) : "") + "\n"
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
