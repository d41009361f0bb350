package io.nodejoin.workflows.simulation;

import com.google.protobuf.util.Timestamps;
import io.temporal.api.history.v1.HistoryEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;

/** The events of one run, and those that wait until the workflow task that is under way has ended. */
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

    /** Whether the end of this activity waits. */
    boolean hasBufferedEndOf(long activity) {
        return waiting.stream().anyMatch(event -> scheduledEventOf(event) == activity);
    }

    /** A timer that is cancelled in the moment in which it fires has not fired. */
    boolean removeBufferedTimerFired(String timer) {
        return waiting.removeIf(event -> event.hasTimerFiredEventAttributes()
                && event.getTimerFiredEventAttributes().getTimerId().equals(timer));
    }

    /** As Temporal does it: the ends of activities come after all else that waited. */
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
