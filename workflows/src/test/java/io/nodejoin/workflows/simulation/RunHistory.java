package io.nodejoin.workflows.simulation;

import com.google.protobuf.util.Timestamps;
import io.temporal.api.history.v1.HistoryEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;

/** The events of one run, and those buffered until the running workflow task has ended. */
final class RunHistory {
    private final Supplier<Instant> clock;
    private final List<HistoryEvent> events = new ArrayList<>();
    private final List<HistoryEvent.Builder> waiting = new ArrayList<>();

    RunHistory(Supplier<Instant> clock) {
        this.clock = clock;
    }

    /** Returns the event's id. */
    long add(HistoryEvent.Builder event) {
        long id = events.size() + 1L;
        events.add(event.setEventId(id)
                .setEventTime(Timestamps.fromMillis(clock.get().toEpochMilli()))
                .build());
        return id;
    }

    void buffer(HistoryEvent.Builder event) {
        waiting.add(event);
    }

    boolean hasBuffered() {
        return !waiting.isEmpty();
    }

    /** Returns whether the result of this activity is buffered. */
    boolean hasBufferedEndOf(long activity) {
        return waiting.stream().anyMatch(event -> scheduledEventOf(event) == activity);
    }

    /** Drops the firing of a timer that is cancelled at the same time. */
    boolean removeBufferedTimerFired(String timer) {
        return waiting.removeIf(event -> event.hasTimerFiredEventAttributes()
                && event.getTimerFiredEventAttributes().getTimerId().equals(timer));
    }

    /** Flushes buffered events as Temporal does: results of activities last. */
    void flushBuffered() {
        List<HistoryEvent.Builder> batch = new ArrayList<>(waiting);
        waiting.clear();
        batch.stream().filter(event -> scheduledEventOf(event) == 0).forEach(this::add);
        batch.stream().filter(event -> scheduledEventOf(event) != 0).forEach(this::add);
    }

    List<HistoryEvent> from(long eventId) {
        return List.copyOf(events.subList((int) eventId - 1, events.size()));
    }

    List<HistoryEvent> all() {
        return Collections.unmodifiableList(events);
    }

    private static long scheduledEventOf(HistoryEvent.Builder event) {
        return switch (event.getEventType()) {
            case EVENT_TYPE_ACTIVITY_TASK_STARTED ->
                event.getActivityTaskStartedEventAttributes().getScheduledEventId();
            case EVENT_TYPE_ACTIVITY_TASK_COMPLETED ->
                event.getActivityTaskCompletedEventAttributes().getScheduledEventId();
            case EVENT_TYPE_ACTIVITY_TASK_FAILED ->
                event.getActivityTaskFailedEventAttributes().getScheduledEventId();
            case EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT ->
                event.getActivityTaskTimedOutEventAttributes().getScheduledEventId();
            case EVENT_TYPE_ACTIVITY_TASK_CANCELED ->
                event.getActivityTaskCanceledEventAttributes().getScheduledEventId();
            default -> 0;
        };
    }
}
