package io.nodejoin.workflows.simulation;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Durations;
import io.nodejoin.protocol.ErrorCode;
import io.temporal.api.command.v1.Command;
import io.temporal.api.command.v1.ContinueAsNewWorkflowExecutionCommandAttributes;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.failure.v1.Failure;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.history.v1.MarkerRecordedEventAttributes;
import io.temporal.api.history.v1.UpsertWorkflowSearchAttributesEventAttributes;
import io.temporal.api.history.v1.WorkflowExecutionCanceledEventAttributes;
import io.temporal.api.history.v1.WorkflowExecutionCompletedEventAttributes;
import io.temporal.api.history.v1.WorkflowExecutionContinuedAsNewEventAttributes;
import io.temporal.api.history.v1.WorkflowExecutionFailedEventAttributes;
import io.temporal.api.history.v1.WorkflowExecutionUpdateAcceptedEventAttributes;
import io.temporal.api.history.v1.WorkflowExecutionUpdateCompletedEventAttributes;
import io.temporal.api.history.v1.WorkflowPropertiesModifiedEventAttributes;
import io.temporal.api.protocol.v1.Message;
import io.temporal.api.update.v1.Acceptance;
import io.temporal.api.update.v1.Outcome;
import io.temporal.api.update.v1.Rejection;
import io.temporal.api.update.v1.Response;
import io.temporal.api.workflowservice.v1.RespondWorkflowTaskCompletedRequest;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** Applies the commands of a workflow task and writes their events into the history. */
final class WorkflowTaskCommands {
    private final WorkflowRun run;
    private final long completedEventId;
    private final RespondWorkflowTaskCompletedRequest answer;
    private final Map<String, Message> messages = new LinkedHashMap<>();

    WorkflowTaskCommands(WorkflowRun run, long completedEventId, RespondWorkflowTaskCompletedRequest answer) {
        this.run = run;
        this.completedEventId = completedEventId;
        this.answer = answer;
        answer.getMessagesList().forEach(message -> messages.put(message.getId(), message));
    }

    void apply() {
        answer.getCommandsList().forEach(this::apply);
        messages.values().forEach(this::deliver);
    }

    private void apply(Command command) {
        switch (command.getCommandType()) {
            case COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK -> schedule(command);
            case COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK ->
                cancelActivity(
                        command.getRequestCancelActivityTaskCommandAttributes().getScheduledEventId());
            case COMMAND_TYPE_START_TIMER -> startTimer(command);
            case COMMAND_TYPE_CANCEL_TIMER ->
                cancelTimer(command.getCancelTimerCommandAttributes().getTimerId());
            case COMMAND_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES ->
                run.history.add(of(EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES)
                        .setUpsertWorkflowSearchAttributesEventAttributes(
                                UpsertWorkflowSearchAttributesEventAttributes.newBuilder()
                                        .setWorkflowTaskCompletedEventId(completedEventId)
                                        .setSearchAttributes(
                                                command.getUpsertWorkflowSearchAttributesCommandAttributes()
                                                        .getSearchAttributes())));
            case COMMAND_TYPE_MODIFY_WORKFLOW_PROPERTIES ->
                run.history.add(of(EventType.EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED)
                        .setWorkflowPropertiesModifiedEventAttributes(
                                WorkflowPropertiesModifiedEventAttributes.newBuilder()
                                        .setWorkflowTaskCompletedEventId(completedEventId)
                                        .setUpsertedMemo(command.getModifyWorkflowPropertiesCommandAttributes()
                                                .getUpsertedMemo())));
            case COMMAND_TYPE_RECORD_MARKER -> {
                var marker = command.getRecordMarkerCommandAttributes();
                var recorded = MarkerRecordedEventAttributes.newBuilder()
                        .setMarkerName(marker.getMarkerName())
                        .putAllDetails(marker.getDetailsMap())
                        .setWorkflowTaskCompletedEventId(completedEventId);
                if (marker.hasFailure()) {
                    recorded.setFailure(marker.getFailure());
                }
                run.history.add(of(EventType.EVENT_TYPE_MARKER_RECORDED)
                        .setUserMetadata(command.getUserMetadata())
                        .setMarkerRecordedEventAttributes(recorded));
            }
            case COMMAND_TYPE_PROTOCOL_MESSAGE ->
                deliver(Objects.requireNonNull(messages.get(
                        command.getProtocolMessageCommandAttributes().getMessageId())));
            default -> end(command);
        }
    }

    private void schedule(Command command) {
        HistoryEvent.Builder event = HistoryEvents.activityScheduled(completedEventId, command);
        long id = run.history.add(event);
        run.activities.put(id, new ActivityTask(run, id, event.getActivityTaskScheduledEventAttributes()));
    }

    private void cancelActivity(long activity) {
        run.history.add(HistoryEvents.activityCancelRequested(activity));
        ActivityTask task = run.activities.get(activity);
        if (task != null) {
            task.requestCancel();
        } else if (!run.history.hasBufferedEndOf(activity)) {
            run.temporal.reportDefect("the workflow cancels activity " + activity + ", which is not under way");
        }
    }

    private void startTimer(Command command) {
        String timer = command.getStartTimerCommandAttributes().getTimerId();
        long id = run.history.add(HistoryEvents.timerStarted(completedEventId, command));
        Duration time = Duration.ofMillis(
                Durations.toMillis(command.getStartTimerCommandAttributes().getStartToFireTimeout()));
        VirtualTime.ScheduledEvent firing = run.temporal.timeline.scheduleAfter(time, () -> {
            run.timers.remove(timer);
            run.addEvents(HistoryEvents.timerFired(timer, id));
        });
        run.timers.put(timer, new WorkflowRun.PendingTimer(id, firing));
    }

    private void cancelTimer(String timer) {
        WorkflowRun.PendingTimer pending = run.timers.remove(timer);
        if (pending != null) {
            pending.firing().callOff();
            run.history.add(HistoryEvents.timerCanceled(timer, pending.startedEventId()));
        } else if (run.history.removeBufferedTimerFired(timer)) {
            run.history.add(HistoryEvents.timerCanceled(timer, 0));
        } else {
            run.temporal.reportDefect("the workflow cancels timer " + timer + ", which is not running");
        }
    }

    private void deliver(Message message) {
        WorkflowRun.PendingUpdate update = run.updates.get(message.getProtocolInstanceId());
        if (update == null) {
            return;
        }
        try {
            if (message.getBody().is(Acceptance.class)) {
                accept(update, message);
            } else if (message.getBody().is(Response.class)) {
                complete(update, message.getBody().unpack(Response.class));
            } else {
                Failure failure = message.getBody().unpack(Rejection.class).getFailure();
                run.updates.remove(message.getProtocolInstanceId());
                update.answer.accept(Outcome.newBuilder().setFailure(failure).build());
            }
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    private void accept(WorkflowRun.PendingUpdate update, Message message) throws InvalidProtocolBufferException {
        if (update.acceptedEventId != 0) {
            return;
        }
        Acceptance acceptance = message.getBody().unpack(Acceptance.class);
        update.acceptedEventId = run.history.add(of(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED)
                .setWorkflowExecutionUpdateAcceptedEventAttributes(
                        WorkflowExecutionUpdateAcceptedEventAttributes.newBuilder()
                                .setProtocolInstanceId(message.getProtocolInstanceId())
                                .setAcceptedRequestMessageId(acceptance.getAcceptedRequestMessageId())
                                .setAcceptedRequestSequencingEventId(acceptance.getAcceptedRequestSequencingEventId())
                                .setAcceptedRequest(acceptance.getAcceptedRequest())));
    }

    private void complete(WorkflowRun.PendingUpdate update, Response response) {
        run.history.add(of(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED)
                .setWorkflowExecutionUpdateCompletedEventAttributes(
                        WorkflowExecutionUpdateCompletedEventAttributes.newBuilder()
                                .setMeta(response.getMeta())
                                .setAcceptedEventId(update.acceptedEventId)
                                .setOutcome(response.getOutcome())));
        run.updates.remove(response.getMeta().getUpdateId());
        update.answer.accept(response.getOutcome());
    }

    private void end(Command command) {
        switch (command.getCommandType()) {
            case COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION ->
                run.close(run.history.add(of(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED)
                        .setWorkflowExecutionCompletedEventAttributes(
                                WorkflowExecutionCompletedEventAttributes.newBuilder()
                                        .setResult(command.getCompleteWorkflowExecutionCommandAttributes()
                                                .getResult()))));
            case COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION ->
                run.close(run.history.add(of(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED)
                        .setWorkflowExecutionCanceledEventAttributes(
                                WorkflowExecutionCanceledEventAttributes.getDefaultInstance())));
            case COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION -> {
                reportUnlessErrorCode(
                        command.getFailWorkflowExecutionCommandAttributes().getFailure());
                run.close(run.history.add(of(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED)
                        .setWorkflowExecutionFailedEventAttributes(WorkflowExecutionFailedEventAttributes.newBuilder()
                                .setFailure(command.getFailWorkflowExecutionCommandAttributes()
                                        .getFailure()))));
            }
            case COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION ->
                continueAsNew(command.getContinueAsNewWorkflowExecutionCommandAttributes());
            default -> run.temporal.reportDefect("unexpected command " + command.getCommandType());
        }
    }

    private void reportUnlessErrorCode(Failure failure) {
        String type = failure.getApplicationFailureInfo().getType();
        if (Arrays.stream(ErrorCode.values()).noneMatch(code -> code.name().equals(type))) {
            run.temporal.reportDefect("the workflow failed: " + failure.getMessage());
        }
    }

    private void continueAsNew(ContinueAsNewWorkflowExecutionCommandAttributes wanted) {
        run.close(run.history.add(of(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW)
                .setWorkflowExecutionContinuedAsNewEventAttributes(
                        WorkflowExecutionContinuedAsNewEventAttributes.newBuilder()
                                .setWorkflowType(wanted.getWorkflowType())
                                .setInput(wanted.getInput())
                                .setMemo(wanted.getMemo())
                                .setSearchAttributes(wanted.getSearchAttributes()))));
        run.temporal.startRun(RunStart.of(run.workflowId, wanted));
    }

    private static HistoryEvent.Builder of(EventType type) {
        return HistoryEvent.newBuilder().setEventType(type);
    }
}
