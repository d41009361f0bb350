package io.nodejoin.visibility.join;

import com.google.protobuf.Timestamp;
import io.nodejoin.protocol.Redaction;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.workflows.temporal.DataConverters;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.enums.v1.PendingActivityState;
import io.temporal.api.failure.v1.Failure;
import io.temporal.api.history.v1.ActivityTaskCompletedEventAttributes;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.history.v1.MarkerRecordedEventAttributes;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DataConverterException;
import io.temporal.failure.TemporalFailure;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the history of a run as the steps of a join. */
final class HistoryReader {
    private static final String LOCAL_ACTIVITY = "LocalActivity";
    private static final String HOST_COMMAND = "Host_";
    /** The SDK writes what markers say of an activity in plain text, whatever the converter of its data. */
    private static final DataConverter MARKERS = DataConverters.dataConverter();

    private final DataConverter converter;
    private final Map<Long, HistoryStep> steps = new LinkedHashMap<>();
    private final Map<String, Long> scheduledByActivityId = new LinkedHashMap<>();
    private final List<HistoryMessage> messages = new ArrayList<>();
    private List<String> hostLog = List.of();

    HistoryReader(DataConverter converter) {
        this.converter = converter;
    }

    JoinHistory read(List<HistoryEvent> events, List<PendingActivityInfo> pending) {
        events.forEach(this::add);
        pending.forEach(this::addPending);
        return new JoinHistory(
                steps.values().stream()
                        .sorted(Comparator.comparing(HistoryStep::scheduledAt))
                        .toList(),
                messages,
                hostLog);
    }

    private void add(HistoryEvent event) {
        Instant at = time(event.getEventTime());
        switch (event.getEventType()) {
            case EVENT_TYPE_ACTIVITY_TASK_SCHEDULED -> addScheduled(event, at);
            case EVENT_TYPE_ACTIVITY_TASK_STARTED -> {
                var started = event.getActivityTaskStartedEventAttributes();
                steps.computeIfPresent(
                        started.getScheduledEventId(),
                        (_, step) -> began(step, started.getAttempt(), failure(started.getLastFailure())));
            }
            case EVENT_TYPE_ACTIVITY_TASK_COMPLETED -> {
                var completed = event.getActivityTaskCompletedEventAttributes();
                end(completed.getScheduledEventId(), at, HistoryStep.State.COMPLETED, null);
                readHostLog(completed);
            }
            case EVENT_TYPE_ACTIVITY_TASK_FAILED -> {
                var failed = event.getActivityTaskFailedEventAttributes();
                end(failed.getScheduledEventId(), at, HistoryStep.State.FAILED, failure(failed.getFailure()));
            }
            case EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT -> {
                var timedOut = event.getActivityTaskTimedOutEventAttributes();
                end(timedOut.getScheduledEventId(), at, HistoryStep.State.TIMED_OUT, failure(timedOut.getFailure()));
            }
            case EVENT_TYPE_ACTIVITY_TASK_CANCELED ->
                end(
                        event.getActivityTaskCanceledEventAttributes().getScheduledEventId(),
                        at,
                        HistoryStep.State.CANCELLED,
                        null);
            case EVENT_TYPE_MARKER_RECORDED -> addMarker(event, at);
            case EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED ->
                messages.add(new HistoryMessage(
                        HistoryMessage.Kind.UPDATE,
                        event.getWorkflowExecutionUpdateAcceptedEventAttributes()
                                .getAcceptedRequest()
                                .getInput()
                                .getName(),
                        at));
            case EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED ->
                messages.add(new HistoryMessage(
                        HistoryMessage.Kind.SIGNAL,
                        event.getWorkflowExecutionSignaledEventAttributes().getSignalName(),
                        at));
            default -> {}
        }
    }

    private void addScheduled(HistoryEvent event, Instant at) {
        var scheduled = event.getActivityTaskScheduledEventAttributes();
        scheduledByActivityId.put(scheduled.getActivityId(), event.getEventId());
        steps.put(
                event.getEventId(),
                new HistoryStep(
                        scheduled.getActivityType().getName(),
                        summary(event),
                        at,
                        null,
                        0,
                        HistoryStep.State.WAITING,
                        null));
    }

    private static HistoryStep began(HistoryStep step, int attempt, @Nullable String failure) {
        return new HistoryStep(
                step.activity(),
                step.summary(),
                step.scheduledAt(),
                null,
                attempt,
                HistoryStep.State.RUNNING,
                failure == null ? step.failure() : failure);
    }

    private void end(long scheduled, Instant at, HistoryStep.State state, @Nullable String failure) {
        steps.computeIfPresent(
                scheduled,
                (_, step) -> new HistoryStep(
                        step.activity(),
                        step.summary(),
                        step.scheduledAt(),
                        at,
                        Math.max(1, step.attempts()),
                        state,
                        failure == null ? step.failure() : failure));
    }

    /** A command that fails on the host completes its activity: its result has the last lines of the host's log. */
    private void readHostLog(ActivityTaskCompletedEventAttributes completed) {
        HistoryStep step = steps.get(completed.getScheduledEventId());
        if (step == null || !step.activity().startsWith(HOST_COMMAND) || !completed.hasResult()) {
            return;
        }
        try {
            Object result =
                    converter.fromPayloads(0, Optional.of(completed.getResult()), HostResult.class, HostResult.class);
            if (result instanceof HostResult.HostFailed failed && !failed.log().isEmpty()) {
                hostLog = failed.log();
            }
        } catch (DataConverterException _) {
            // A newer version's result; the step itself is shown.
        }
    }

    /** A local activity is in the history once it has ended, with all its attempts. */
    private void addMarker(HistoryEvent event, Instant at) {
        MarkerRecordedEventAttributes marker = event.getMarkerRecordedEventAttributes();
        if (!LOCAL_ACTIVITY.equals(marker.getMarkerName())) {
            return;
        }
        LocalRun run = detail(marker, "meta", LocalRun.class).orElse(LocalRun.UNKNOWN);
        steps.put(
                event.getEventId(),
                new HistoryStep(
                        detail(marker, "type", String.class).orElse(LOCAL_ACTIVITY),
                        summary(event),
                        run.firstSkd() == 0 ? at : Instant.ofEpochMilli(run.firstSkd()),
                        at,
                        Math.max(1, run.atpt()),
                        marker.hasFailure() ? HistoryStep.State.FAILED : HistoryStep.State.COMPLETED,
                        marker.hasFailure() ? failure(marker.getFailure()) : null));
    }

    /** What the SDK writes of a local activity, by its names. */
    private record LocalRun(long firstSkd, int atpt) {
        static final LocalRun UNKNOWN = new LocalRun(0, 1);
    }

    private <T> Optional<T> detail(MarkerRecordedEventAttributes marker, String name, Class<T> type) {
        Payloads payloads = marker.getDetailsMap().get(name);
        if (payloads == null) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(MARKERS.fromPayloads(0, Optional.of(payloads), type, type));
        } catch (DataConverterException _) {
            return Optional.empty();
        }
    }

    /** What runs now is not in the history before it ends. */
    private void addPending(PendingActivityInfo pending) {
        Long scheduled = scheduledByActivityId.get(pending.getActivityId());
        if (scheduled == null) {
            return;
        }
        boolean runs = pending.getState() == PendingActivityState.PENDING_ACTIVITY_STATE_STARTED;
        int attempts = runs ? pending.getAttempt() : pending.getAttempt() - 1;
        steps.computeIfPresent(
                scheduled,
                (_, step) -> new HistoryStep(
                        step.activity(),
                        step.summary(),
                        step.scheduledAt(),
                        null,
                        Math.max(0, attempts),
                        runs ? HistoryStep.State.RUNNING : HistoryStep.State.WAITING,
                        pending.hasLastFailure() ? failure(pending.getLastFailure()) : null));
    }

    private String summary(HistoryEvent event) {
        if (!event.getUserMetadata().hasSummary()) {
            return "";
        }
        try {
            String summary = converter.fromPayload(event.getUserMetadata().getSummary(), String.class, String.class);
            return summary == null ? "" : summary;
        } catch (DataConverterException _) {
            return "";
        }
    }

    private @Nullable String failure(Failure failure) {
        Throwable root = converter.failureToException(failure);
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = root instanceof TemporalFailure told ? told.getOriginalMessage() : root.getMessage();
        return message == null || message.isEmpty() ? null : Redaction.redact(message);
    }

    private static Instant time(Timestamp time) {
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
    }
}
