package io.nodejoin.workflows.simulation;

import com.google.protobuf.util.Durations;
import io.temporal.api.command.v1.Command;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.common.v1.WorkflowType;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.enums.v1.RetryState;
import io.temporal.api.enums.v1.WorkflowTaskFailedCause;
import io.temporal.api.failure.v1.Failure;
import io.temporal.api.history.v1.ActivityTaskCancelRequestedEventAttributes;
import io.temporal.api.history.v1.ActivityTaskCanceledEventAttributes;
import io.temporal.api.history.v1.ActivityTaskCompletedEventAttributes;
import io.temporal.api.history.v1.ActivityTaskFailedEventAttributes;
import io.temporal.api.history.v1.ActivityTaskScheduledEventAttributes;
import io.temporal.api.history.v1.ActivityTaskStartedEventAttributes;
import io.temporal.api.history.v1.ActivityTaskTimedOutEventAttributes;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.history.v1.TimerCanceledEventAttributes;
import io.temporal.api.history.v1.TimerFiredEventAttributes;
import io.temporal.api.history.v1.TimerStartedEventAttributes;
import io.temporal.api.history.v1.WorkflowExecutionCancelRequestedEventAttributes;
import io.temporal.api.history.v1.WorkflowExecutionSignaledEventAttributes;
import io.temporal.api.history.v1.WorkflowExecutionStartedEventAttributes;
import io.temporal.api.history.v1.WorkflowExecutionTerminatedEventAttributes;
import io.temporal.api.history.v1.WorkflowTaskCompletedEventAttributes;
import io.temporal.api.history.v1.WorkflowTaskFailedEventAttributes;
import io.temporal.api.history.v1.WorkflowTaskScheduledEventAttributes;
import io.temporal.api.history.v1.WorkflowTaskStartedEventAttributes;
import io.temporal.api.history.v1.WorkflowTaskTimedOutEventAttributes;
import io.temporal.api.taskqueue.v1.TaskQueue;
import io.temporal.api.workflowservice.v1.RespondWorkflowTaskCompletedRequest;
import org.jspecify.annotations.Nullable;

/** The history events of Temporal's server, as far as workflow code reads them. */
final class HistoryEvents {
    private static final TaskQueue QUEUE =
            TaskQueue.newBuilder().setName("nodejoin").build();

    private HistoryEvents() {}

    private static HistoryEvent.Builder of(EventType type) {
        return HistoryEvent.newBuilder().setEventType(type);
    }

    static HistoryEvent.Builder started(RunStart start, String runId) {
        return of(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED)
                .setWorkflowExecutionStartedEventAttributes(WorkflowExecutionStartedEventAttributes.newBuilder()
                        .setWorkflowType(WorkflowType.newBuilder().setName(start.type()))
                        .setWorkflowId(start.workflowId())
                        .setTaskQueue(QUEUE)
                        .setInput(start.input())
                        .setMemo(start.memo())
                        .setSearchAttributes(start.attributes())
                        .setWorkflowTaskTimeout(Durations.fromHours(1))
                        .setOriginalExecutionRunId(runId)
                        .setFirstExecutionRunId(runId)
                        .setAttempt(1));
    }

    static HistoryEvent.Builder taskScheduled() {
        return of(EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED)
                .setWorkflowTaskScheduledEventAttributes(WorkflowTaskScheduledEventAttributes.newBuilder()
                        .setTaskQueue(QUEUE)
                        .setStartToCloseTimeout(Durations.fromSeconds(10))
                        .setAttempt(1));
    }

    static HistoryEvent.Builder taskStarted(long scheduledEventId) {
        return of(EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED)
                .setWorkflowTaskStartedEventAttributes(
                        WorkflowTaskStartedEventAttributes.newBuilder().setScheduledEventId(scheduledEventId));
    }

    static HistoryEvent.Builder taskCompleted(
            long scheduledEventId, long startedEventId, RespondWorkflowTaskCompletedRequest answer) {
        return of(EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
                .setWorkflowTaskCompletedEventAttributes(WorkflowTaskCompletedEventAttributes.newBuilder()
                        .setScheduledEventId(scheduledEventId)
                        .setStartedEventId(startedEventId)
                        .setSdkMetadata(answer.getSdkMetadata()));
    }

    static HistoryEvent.Builder taskTimedOut(long scheduledEventId, long startedEventId) {
        return of(EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT)
                .setWorkflowTaskTimedOutEventAttributes(WorkflowTaskTimedOutEventAttributes.newBuilder()
                        .setScheduledEventId(scheduledEventId)
                        .setStartedEventId(startedEventId));
    }

    static HistoryEvent.Builder taskFailed(long scheduledEventId, long startedEventId, WorkflowTaskFailedCause cause) {
        return of(EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED)
                .setWorkflowTaskFailedEventAttributes(WorkflowTaskFailedEventAttributes.newBuilder()
                        .setScheduledEventId(scheduledEventId)
                        .setStartedEventId(startedEventId)
                        .setCause(cause));
    }

    static HistoryEvent.Builder signaled(String name, Payloads input) {
        return of(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED)
                .setWorkflowExecutionSignaledEventAttributes(WorkflowExecutionSignaledEventAttributes.newBuilder()
                        .setSignalName(name)
                        .setInput(input));
    }

    static HistoryEvent.Builder cancelRequested() {
        return of(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED)
                .setWorkflowExecutionCancelRequestedEventAttributes(
                        WorkflowExecutionCancelRequestedEventAttributes.getDefaultInstance());
    }

    static HistoryEvent.Builder terminated() {
        return of(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED)
                .setWorkflowExecutionTerminatedEventAttributes(
                        WorkflowExecutionTerminatedEventAttributes.getDefaultInstance());
    }

    static HistoryEvent.Builder activityScheduled(long taskCompleted, Command command) {
        var wanted = command.getScheduleActivityTaskCommandAttributes();
        return of(EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED)
                .setUserMetadata(command.getUserMetadata())
                .setActivityTaskScheduledEventAttributes(ActivityTaskScheduledEventAttributes.newBuilder()
                        .setActivityId(wanted.getActivityId())
                        .setActivityType(wanted.getActivityType())
                        .setTaskQueue(wanted.getTaskQueue())
                        .setInput(wanted.getInput())
                        .setScheduleToCloseTimeout(wanted.getScheduleToCloseTimeout())
                        .setScheduleToStartTimeout(wanted.getScheduleToStartTimeout())
                        .setStartToCloseTimeout(wanted.getStartToCloseTimeout())
                        .setHeartbeatTimeout(wanted.getHeartbeatTimeout())
                        .setRetryPolicy(wanted.getRetryPolicy())
                        .setWorkflowTaskCompletedEventId(taskCompleted));
    }

    static HistoryEvent.Builder activityStarted(long activity, int attempt, @Nullable Failure last) {
        var started = ActivityTaskStartedEventAttributes.newBuilder()
                .setScheduledEventId(activity)
                .setAttempt(attempt);
        if (last != null) {
            started.setLastFailure(last);
        }
        return of(EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED).setActivityTaskStartedEventAttributes(started);
    }

    static HistoryEvent.Builder activityCompleted(long activity, @Nullable Payloads result) {
        var completed = ActivityTaskCompletedEventAttributes.newBuilder().setScheduledEventId(activity);
        if (result != null) {
            completed.setResult(result);
        }
        return of(EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED).setActivityTaskCompletedEventAttributes(completed);
    }

    static HistoryEvent.Builder activityFailed(long activity, Failure failure, RetryState state) {
        return of(EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED)
                .setActivityTaskFailedEventAttributes(ActivityTaskFailedEventAttributes.newBuilder()
                        .setScheduledEventId(activity)
                        .setFailure(failure)
                        .setRetryState(state));
    }

    static HistoryEvent.Builder activityTimedOut(long activity, Failure failure, RetryState state) {
        return of(EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT)
                .setActivityTaskTimedOutEventAttributes(ActivityTaskTimedOutEventAttributes.newBuilder()
                        .setScheduledEventId(activity)
                        .setFailure(failure)
                        .setRetryState(state));
    }

    static HistoryEvent.Builder activityCancelRequested(long activity) {
        return of(EventType.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED)
                .setActivityTaskCancelRequestedEventAttributes(
                        ActivityTaskCancelRequestedEventAttributes.newBuilder().setScheduledEventId(activity));
    }

    static HistoryEvent.Builder activityCanceled(long activity) {
        return of(EventType.EVENT_TYPE_ACTIVITY_TASK_CANCELED)
                .setActivityTaskCanceledEventAttributes(
                        ActivityTaskCanceledEventAttributes.newBuilder().setScheduledEventId(activity));
    }

    static HistoryEvent.Builder timerStarted(long taskCompleted, Command command) {
        var wanted = command.getStartTimerCommandAttributes();
        return of(EventType.EVENT_TYPE_TIMER_STARTED)
                .setUserMetadata(command.getUserMetadata())
                .setTimerStartedEventAttributes(TimerStartedEventAttributes.newBuilder()
                        .setTimerId(wanted.getTimerId())
                        .setStartToFireTimeout(wanted.getStartToFireTimeout())
                        .setWorkflowTaskCompletedEventId(taskCompleted));
    }

    static HistoryEvent.Builder timerFired(String timer, long startedEventId) {
        return of(EventType.EVENT_TYPE_TIMER_FIRED)
                .setTimerFiredEventAttributes(
                        TimerFiredEventAttributes.newBuilder().setTimerId(timer).setStartedEventId(startedEventId));
    }

    static HistoryEvent.Builder timerCanceled(String timer, long startedEventId) {
        return of(EventType.EVENT_TYPE_TIMER_CANCELED)
                .setTimerCanceledEventAttributes(TimerCanceledEventAttributes.newBuilder()
                        .setTimerId(timer)
                        .setStartedEventId(startedEventId));
    }
}
