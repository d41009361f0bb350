package io.nodejoin.workflows.simulation;

import io.temporal.api.common.v1.Payloads;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.history.v1.MarkerRecordedEventAttributes;
import io.temporal.common.converter.DataConverter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the Java SDK records in the history of a local activity.
 *
 * @param activityType the activity's type, such as Token_Issue
 * @param result absent if it failed
 */
public record LocalActivityMarker(
        String activityType, Payloads input, @Nullable Payloads result) {
    private static final String NAME = "LocalActivity";

    /** Returns the local activity that the event records, if it does. */
    public static Optional<LocalActivityMarker> of(HistoryEvent event, DataConverter converter) {
        MarkerRecordedEventAttributes marker = event.getMarkerRecordedEventAttributes();
        if (event.getEventType() != EventType.EVENT_TYPE_MARKER_RECORDED
                || !marker.getMarkerName().equals(NAME)) {
            return Optional.empty();
        }
        String type =
                converter.fromPayloads(0, Optional.of(marker.getDetailsOrThrow("type")), String.class, String.class);
        Payloads none = Payloads.getDefaultInstance();
        return Optional.of(new LocalActivityMarker(
                type,
                marker.getDetailsOrDefault("input", none),
                marker.hasFailure() ? null : marker.getDetailsOrDefault("result", none)));
    }
}
