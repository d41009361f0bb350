package io.nodejoin.testbed.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.util.Timestamps;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.HistoryEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class JoinHistoryTest {
    private final List<HistoryEvent> events = new ArrayList<>();

    @Test
    void shouldTellOfAnActivityFromItsSchedulingToItsEnd() {
        // given
        var scheduled = event(EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED, 10);
        scheduled
                .getActivityTaskScheduledEventAttributesBuilder()
                .getActivityTypeBuilder()
                .setName("Token_Issue");
        scheduled.getUserMetadataBuilder().setSummary(text("Issue a token"));
        var started = event(EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED, 12);
        started.getActivityTaskStartedEventAttributesBuilder().setScheduledEventId(1);
        var completed = event(EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED, 30);
        completed.getActivityTaskCompletedEventAttributesBuilder().setScheduledEventId(1);

        // when
        List<Hop> hops = history(scheduled, started, completed).hops();

        // then
        assertThat(hops)
                .containsExactly(new Hop(
                        Instant.ofEpochMilli(10),
                        Instant.ofEpochMilli(30),
                        "Temporal",
                        "activity Token_Issue: Issue a token, started after 2.0 ms"));
    }

    @Test
    void shouldTellHowATimerEnded() {
        // given
        var begun = event(EventType.EVENT_TYPE_TIMER_STARTED, 1);
        begun.getTimerStartedEventAttributesBuilder()
                .setStartToFireTimeout(Duration.newBuilder().setSeconds(60));
        var canceled = event(EventType.EVENT_TYPE_TIMER_CANCELED, 5);
        canceled.getTimerCanceledEventAttributesBuilder().setStartedEventId(1);

        // when
        List<Hop> hops = history(begun, canceled).hops();

        // then
        assertThat(hops)
                .containsExactly(new Hop(
                        Instant.ofEpochMilli(1), Instant.ofEpochMilli(5), "Temporal", "timer of 60 s canceled"));
    }

    @Test
    void shouldTellOfWhatHasNoEndAsAMoment() {
        // given
        var signal = event(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED, 3);
        signal.getWorkflowExecutionSignaledEventAttributesBuilder().setSignalName("agentConnected");
        var scheduled = event(EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED, 4);

        // when
        List<Hop> hops = history(signal, scheduled).hops();

        // then
        assertThat(hops)
                .containsExactly(
                        Hop.moment(Instant.ofEpochMilli(3), "Temporal", "signal agentConnected"),
                        Hop.moment(Instant.ofEpochMilli(4), "Temporal", "workflow task"));
    }

    @Test
    void shouldCountLocalActivitiesByTheirMarkers() {
        // given
        var local = event(EventType.EVENT_TYPE_MARKER_RECORDED, 1);
        local.getMarkerRecordedEventAttributesBuilder().setMarkerName("LocalActivity");
        var version = event(EventType.EVENT_TYPE_MARKER_RECORDED, 2);
        version.getMarkerRecordedEventAttributesBuilder().setMarkerName("Version");
        var task = event(EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED, 3);
        var activity = event(EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED, 4);

        // when
        JoinHistory.Size size = history(local, version, task, activity).size();

        // then
        assertThat(size).isEqualTo(new JoinHistory.Size(4, 1, 1, 1));
    }

    private JoinHistory history(HistoryEvent.Builder... builders) {
        for (HistoryEvent.Builder builder : builders) {
            events.add(builder.setEventId(events.size() + 1).build());
        }
        return new JoinHistory(events);
    }

    private static HistoryEvent.Builder event(EventType type, long millis) {
        return HistoryEvent.newBuilder().setEventType(type).setEventTime(Timestamps.fromMillis(millis));
    }

    private static Payload text(String text) {
        return Payload.newBuilder()
                .putMetadata("encoding", ByteString.copyFromUtf8("json/plain"))
                .setData(ByteString.copyFromUtf8("\"" + text + "\""))
                .build();
    }
}
