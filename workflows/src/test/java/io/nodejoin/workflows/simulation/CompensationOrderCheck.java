package io.nodejoin.workflows.simulation;

import com.google.protobuf.util.Timestamps;
import io.temporal.api.history.v1.ActivityTaskScheduledEventAttributes;
import io.temporal.api.history.v1.HistoryEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Checks in a history that each compensation started only after the one before had completed, or its head start had passed. */
final class CompensationOrderCheck {
    private static final Duration HEAD_START = Duration.ofSeconds(30);
    private static final String PREPARE = "Host_PrepareHost";
    private static final String RESET = "Host_ResetHost";
    private static final List<String> ORDER = List.of(
            RESET, "Token_DeleteSecret", "Token_RemoveSignature", "Csr_DenyPending", "ServingCertificate_DisallowSans");

    private final Map<Long, String> types = new HashMap<>();
    private final Map<String, Instant> begun = new HashMap<>();
    private final Map<String, Instant> over = new HashMap<>();
    private final List<String> broken = new ArrayList<>();

    static List<String> check(WorkflowRun run) {
        CompensationOrderCheck order = new CompensationOrderCheck();
        run.history.all().forEach(order::readEvent);
        return order.broken;
    }

    private void readEvent(HistoryEvent event) {
        Instant at = Instant.ofEpochMilli(Timestamps.toMillis(event.getEventTime()));
        switch (event.getEventType()) {
            case EVENT_TYPE_ACTIVITY_TASK_SCHEDULED ->
                recordStart(event.getEventId(), event.getActivityTaskScheduledEventAttributes(), at);
            case EVENT_TYPE_ACTIVITY_TASK_COMPLETED ->
                recordEnd(event.getActivityTaskCompletedEventAttributes().getScheduledEventId(), at);
            case EVENT_TYPE_ACTIVITY_TASK_FAILED ->
                recordEnd(event.getActivityTaskFailedEventAttributes().getScheduledEventId(), at);
            case EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT ->
                recordEnd(event.getActivityTaskTimedOutEventAttributes().getScheduledEventId(), at);
            case EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED -> {
                String input = event.getWorkflowExecutionSignaledEventAttributes()
                        .getInput()
                        .getPayloads(0)
                        .getData()
                        .toStringUtf8();
                if (input.contains("KubeletStopped") && begun.containsKey(RESET)) {
                    over.putIfAbsent(RESET, at);
                }
            }
            default -> {}
        }
    }

    private void recordStart(long id, ActivityTaskScheduledEventAttributes wanted, Instant at) {
        String type = wanted.getActivityType().getName();
        String input = wanted.getInput().getPayloads(0).getData().toStringUtf8();
        if (type.equals(PREPARE)) {
            forgetEarlierAttempt();
        }
        boolean undo = type.equals(RESET) ? !input.contains("\"attempt\":0") : begun.containsKey(RESET);
        if (!undo || !ORDER.contains(type)) {
            return;
        }
        types.put(id, type);
        if (begun.putIfAbsent(type, at) != null) {
            return;
        }
        for (String earlier : ORDER.subList(0, ORDER.indexOf(type))) {
            @Nullable Instant start = begun.get(earlier);
            boolean inOrder = start == null
                    || Optional.ofNullable(over.get(earlier))
                            .filter(end -> !end.isAfter(at))
                            .isPresent()
                    || !at.isBefore(start.plus(HEAD_START));
            if (!inOrder) {
                broken.add("undo " + type + " began before " + earlier + " was over or had had its head start");
            }
        }
    }

    private void forgetEarlierAttempt() {
        types.clear();
        begun.clear();
        over.clear();
    }

    private void recordEnd(long id, Instant at) {
        String type = types.get(id);
        if (type != null) {
            over.putIfAbsent(type, at);
        }
    }
}
