package io.nodejoin.service.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinPhaseChanged;
import io.nodejoin.protocol.event.JoinRejected;
import io.nodejoin.protocol.event.JoinRevocationUnverified;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.LeaveAccepted;
import io.nodejoin.protocol.event.LeaveFailed;
import io.nodejoin.protocol.event.LeaveSucceeded;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.workflows.event.EventActivities;
import io.nodejoin.workflows.event.OutcomeEvent;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Publishes through the delegate, and counts published events. */
public final class CountingEventActivities implements EventActivities {
    private final EventActivities events;
    private final MeterRegistry meters;

    public CountingEventActivities(EventActivities events, MeterRegistry meters) {
        this.events = events;
        this.meters = meters;
    }

    @Override
    public void publish(List<OutcomeEvent> batch) {
        events.publish(batch);
        batch.forEach(event -> count(event.event()));
    }

    private void count(LifecycleEvent.Outcome event) {
        switch (event) {
            case JoinSucceeded succeeded -> countJoin("succeeded", "", succeeded.phases());
            case JoinRevocationUnverified unverified ->
                meters.counter(
                                "nodejoin_revocations_unverified",
                                "cluster",
                                unverified.cluster().value())
                        .increment();
            case JoinFailed failed -> countJoin("failed", failed.reason().name(), failed.phases());
            case JoinCancelled cancelled -> countJoin("cancelled", "", cancelled.phases());
            case JoinRejected rejected ->
                countJoin("rejected", rejected.reason().name(), List.of());
            case JoinAccepted _ -> meters.counter("nodejoin_joins_accepted").increment();
            case JoinPhaseChanged changed -> countCompensation(changed.reason());
            case LeaveAccepted _ -> meters.counter("nodejoin_leaves_accepted").increment();
            case LeaveSucceeded _ -> countLeave("succeeded", "");
            case LeaveFailed failed -> countLeave("failed", failed.reason().name());
        }
    }

    private void countCompensation(@Nullable ErrorCode reason) {
        if (reason != null) {
            meters.counter("nodejoin_attempts_compensated", "reason", reason.name())
                    .increment();
        }
    }

    private void countLeave(String outcome, String reason) {
        meters.counter("nodejoin_leaves", "outcome", outcome, "reason", reason).increment();
    }

    private void countJoin(String outcome, String reason, List<PhaseTime> phases) {
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
