package io.nodejoin.testbed.bench;

import com.google.protobuf.Timestamp;
import io.nodejoin.workflows.temporal.DataConverters;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.history.v1.MarkerRecordedEventAttributes;
import io.temporal.common.converter.DataConverter;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Temporal's history of one join as hops and as numbers. */
record JoinHistory(List<HistoryEvent> events) {
    private static final String SOURCE = "Temporal";
    private static final String LOCAL_ACTIVITY = "LocalActivity";
    private static final String EVENT_TYPE = "EVENT_TYPE_";
    private static final DataConverter CONVERTER = DataConverters.dataConverter();

    JoinHistory {
        events = List.copyOf(events);
    }

    /** How much Temporal had to keep of a join, up to its close. */
    record Size(int events, int workflowTasks, int activities, int localActivities) {}

    Size size() {
        return new Size(
                events.size(),
                count(EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED),
                count(EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED),
                Math.toIntExact(
                        events.stream().filter(JoinHistory::isLocalActivity).count()));
    }

    /** How many of its activities were started again. */
    int activityRetries() {
        return Math.toIntExact(events.stream()
                .filter(event -> event.getActivityTaskStartedEventAttributes().getAttempt() > 1)
                .count());
    }

    private int count(EventType type) {
        return Math.toIntExact(
                events.stream().filter(event -> event.getEventType() == type).count());
    }

    /** Whatever has a beginning and an end as one hop, anything else as a moment. */
    List<Hop> hops() {
        Map<Long, HistoryEvent> byId = new HashMap<>();
        Map<Long, Instant> started = new HashMap<>();
        Set<Long> ended = new HashSet<>();
        for (HistoryEvent event : events) {
            byId.put(event.getEventId(), event);
            startedTask(event).ifPresent(scheduled -> started.put(scheduled, time(event)));
            ended.add(beginning(event));
        }
        return events.stream()
                .filter(event -> startedTask(event).isEmpty() && !ended.contains(event.getEventId()))
                .map(event -> hop(event, byId, started))
                .toList();
    }

    private static Hop hop(HistoryEvent event, Map<Long, HistoryEvent> byId, Map<Long, Instant> started) {
        HistoryEvent beginning = byId.get(beginning(event));
        if (beginning == null) {
            return Hop.moment(time(event), SOURCE, name(event));
        }
        Instant from = time(beginning);
        String wait = Optional.ofNullable(started.get(beginning.getEventId()))
                .map(start -> String.format(
                        Locale.ROOT,
                        ", started after %.1f ms",
                        Duration.between(from, start).toNanos() / 1e6))
                .orElse("");
        return new Hop(from, time(event), SOURCE, name(beginning) + end(event) + wait);
    }

    /** The scheduling event of the task that begins to run with this one. */
    private static Optional<Long> startedTask(HistoryEvent event) {
        return switch (event.getEventType()) {
            case EVENT_TYPE_WORKFLOW_TASK_STARTED ->
                Optional.of(event.getWorkflowTaskStartedEventAttributes().getScheduledEventId());
            case EVENT_TYPE_ACTIVITY_TASK_STARTED ->
                Optional.of(event.getActivityTaskStartedEventAttributes().getScheduledEventId());
            default -> Optional.empty();
        };
    }

    /** The number of the event that this one ends; 0 if it is a moment. */
    private static long beginning(HistoryEvent event) {
        return switch (event.getEventType()) {
            case EVENT_TYPE_WORKFLOW_TASK_COMPLETED ->
                event.getWorkflowTaskCompletedEventAttributes().getScheduledEventId();
            case EVENT_TYPE_WORKFLOW_TASK_FAILED ->
                event.getWorkflowTaskFailedEventAttributes().getScheduledEventId();
            case EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT ->
                event.getWorkflowTaskTimedOutEventAttributes().getScheduledEventId();
            case EVENT_TYPE_ACTIVITY_TASK_COMPLETED ->
                event.getActivityTaskCompletedEventAttributes().getScheduledEventId();
            case EVENT_TYPE_ACTIVITY_TASK_FAILED ->
                event.getActivityTaskFailedEventAttributes().getScheduledEventId();
            case EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT ->
                event.getActivityTaskTimedOutEventAttributes().getScheduledEventId();
            case EVENT_TYPE_ACTIVITY_TASK_CANCELED ->
                event.getActivityTaskCanceledEventAttributes().getScheduledEventId();
            case EVENT_TYPE_TIMER_FIRED -> event.getTimerFiredEventAttributes().getStartedEventId();
            case EVENT_TYPE_TIMER_CANCELED ->
                event.getTimerCanceledEventAttributes().getStartedEventId();
            case EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED ->
                event.getWorkflowExecutionUpdateCompletedEventAttributes().getAcceptedEventId();
            default -> 0;
        };
    }

    private static String name(HistoryEvent event) {
        String summary = event.getUserMetadata().hasSummary()
                ? ": " + text(event.getUserMetadata().getSummary())
                : "";
        String name = switch (event.getEventType()) {
            case EVENT_TYPE_WORKFLOW_TASK_SCHEDULED -> "workflow task";
            case EVENT_TYPE_ACTIVITY_TASK_SCHEDULED ->
                "activity "
                        + event.getActivityTaskScheduledEventAttributes()
                                .getActivityType()
                                .getName();
            case EVENT_TYPE_TIMER_STARTED ->
                "timer of "
                        + event.getTimerStartedEventAttributes()
                                .getStartToFireTimeout()
                                .getSeconds()
                        + " s";
            case EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED ->
                "update "
                        + event.getWorkflowExecutionUpdateAcceptedEventAttributes()
                                .getAcceptedRequest()
                                .getInput()
                                .getName();
            case EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED ->
                "signal " + event.getWorkflowExecutionSignaledEventAttributes().getSignalName();
            case EVENT_TYPE_MARKER_RECORDED -> marker(event.getMarkerRecordedEventAttributes());
            default -> words(event.getEventType());
        };
        return name + summary;
    }

    private static String marker(MarkerRecordedEventAttributes marker) {
        String type = marker.getDetailsOrDefault("type", Payloads.getDefaultInstance()).getPayloadsList().stream()
                .findFirst()
                .map(payload -> " " + text(payload))
                .orElse("");
        return "marker " + marker.getMarkerName() + type;
    }

    private static boolean isLocalActivity(HistoryEvent event) {
        return event.getMarkerRecordedEventAttributes().getMarkerName().equals(LOCAL_ACTIVITY);
    }

    /** What is to be said of an end that is not the usual one. */
    private static String end(HistoryEvent event) {
        String words = words(event.getEventType());
        return words.endsWith(" completed") || words.endsWith(" fired") ? "" : words.substring(words.lastIndexOf(' '));
    }

    private static String words(EventType type) {
        return type.name()
                .substring(EVENT_TYPE.length())
                .toLowerCase(Locale.ROOT)
                .replace('_', ' ');
    }

    private static String text(Payload payload) {
        return CONVERTER.fromPayload(payload, String.class, String.class);
    }

    private static Instant time(HistoryEvent event) {
        Timestamp time = event.getEventTime();
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
    }
}
