package io.nodejoin.service.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
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
            case JoinSucceeded end -> countJoin(end.joinId(), new End(end.cluster(), "succeeded", null), end.phases());
            case JoinFailed end ->
                countJoin(end.joinId(), new End(end.cluster(), "failed", end.reason()), end.phases());
            case JoinCancelled end ->
                countJoin(end.joinId(), new End(end.cluster(), "cancelled", end.reason()), end.phases());
            case JoinRevocationUnverified unverified ->
                count(
                        ScrapedMeter.REVOCATIONS_UNVERIFIED,
                        "cluster",
                        unverified.cluster().value());
            case JoinAccepted accepted ->
                count(ScrapedMeter.JOINS_ACCEPTED, "cluster", accepted.cluster().value());
            case JoinPhaseChanged changed -> countCompensation(changed.reason());
            case LeaveAccepted accepted ->
                count(
                        ScrapedMeter.LEAVES_ACCEPTED,
                        "cluster",
                        accepted.cluster().value());
            case LeaveSucceeded end -> count(ScrapedMeter.LEAVES, new End(end.cluster(), "succeeded", null).labels());
            case LeaveFailed end -> count(ScrapedMeter.LEAVES, new End(end.cluster(), "failed", end.reason()).labels());
            case JoinRejected _ -> {
                // The intake counts it with the request.
            }
        }
    }

    private void countCompensation(@Nullable ErrorCode reason) {
        if (reason != null) {
            count(ScrapedMeter.ATTEMPTS_COMPENSATED, "reason", reason.name());
        }
    }

    private void countJoin(JoinId join, End end, List<PhaseTime> phases) {
        JoinExemplars.record(join, () -> {
            count(ScrapedMeter.JOINS, end.labels());
            for (int i = 1; i < phases.size(); i++) {
                String phase = phases.get(i).phase().name();
                time(
                        ScrapedMeter.JOIN_PHASE_DURATION,
                        phases.get(i - 1),
                        phases.get(i),
                        "phase",
                        phase,
                        "outcome",
                        end.outcome());
            }
            if (!phases.isEmpty()) {
                String cluster = end.cluster().value();
                time(
                        ScrapedMeter.JOIN_DURATION,
                        phases.getFirst(),
                        phases.getLast(),
                        "cluster",
                        cluster,
                        "outcome",
                        end.outcome());
            }
        });
    }

    private void count(ScrapedMeter meter, String... labels) {
        meters.counter(meter.id(), labels).increment();
    }

    private void time(ScrapedMeter meter, PhaseTime from, PhaseTime to, String... labels) {
        meters.timer(meter.id(), labels).record(Duration.between(from.at(), to.at()));
    }

    private record End(
            ClusterName cluster, String outcome, @Nullable ErrorCode reason) {
        String[] labels() {
            return new String[] {
                "cluster", cluster.value(), "outcome", outcome, "reason", reason == null ? "" : reason.name()
            };
        }
    }
}
