package io.nodejoin.service.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.join.JoinAccepted;
import io.nodejoin.protocol.join.JoinCancelled;
import io.nodejoin.protocol.join.JoinEvent;
import io.nodejoin.protocol.join.JoinFailed;
import io.nodejoin.protocol.join.JoinPhaseChanged;
import io.nodejoin.protocol.join.JoinRejected;
import io.nodejoin.protocol.join.JoinSucceeded;
import io.nodejoin.protocol.join.LeaveAccepted;
import io.nodejoin.protocol.join.LeaveFailed;
import io.nodejoin.protocol.join.LeaveSucceeded;
import io.nodejoin.protocol.join.PhaseTime;
import io.nodejoin.workflows.event.Announcement;
import io.nodejoin.workflows.event.EventActivities;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Publishes like the activities behind it, and counts what has been published. */
public final class CountingEventActivities implements EventActivities {
    private final EventActivities events;
    private final MeterRegistry meters;

    public CountingEventActivities(EventActivities events, MeterRegistry meters) {
        this.events = events;
        this.meters = meters;
    }

    @Override
    public void publish(Announcement announcement) {
        events.publish(announcement);
        count(announcement.event());
    }

    private void count(JoinEvent.Outcome event) {
        switch (event) {
            case JoinSucceeded succeeded -> ended("succeeded", "", succeeded.phases());
            case JoinFailed failed -> ended("failed", failed.reason().name(), failed.phases());
            case JoinCancelled cancelled -> ended("cancelled", "", cancelled.phases());
            case JoinRejected rejected -> ended("rejected", rejected.reason().name(), List.of());
            case JoinAccepted _ -> meters.counter("nodejoin_joins_accepted").increment();
            case JoinPhaseChanged changed -> takenBack(changed.reason());
            case LeaveAccepted _ -> meters.counter("nodejoin_leaves_accepted").increment();
            case LeaveSucceeded _ -> left("succeeded", "");
            case LeaveFailed failed -> left("failed", failed.reason().name());
        }
    }

    private void takenBack(@Nullable ErrorCode reason) {
        if (reason != null) {
            meters.counter("nodejoin_attempts_taken_back", "reason", reason.name())
                    .increment();
        }
    }

    private void left(String outcome, String reason) {
        meters.counter("nodejoin_leaves", "outcome", outcome, "reason", reason).increment();
    }

    private void ended(String outcome, String reason, List<PhaseTime> phases) {
        meters.counter("nodejoin_joins", "outcome", outcome, "reason", reason).increment();
        for (int i = 1; i < phases.size(); i++) {
            meters.timer(
                            "nodejoin_join_phase_duration",
                            "phase",
                            phases.get(i).phase().name())
                    .record(Duration.between(
                            phases.get(i - 1).at(), phases.get(i).at()));
        }
    }
}
