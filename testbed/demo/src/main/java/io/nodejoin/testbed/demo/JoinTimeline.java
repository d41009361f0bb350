package io.nodejoin.testbed.demo;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The timeline of one join, from its events.
 *
 * @param sentAt when its request was published
 * @param phases reached so far, in order of arrival
 * @param reason why it failed
 * @param detail the detail of a failed or rejected one
 */
record JoinTimeline(
        NodeName node,
        Instant sentAt,
        List<PhaseTime> phases,
        @Nullable ErrorCode reason,
        String detail) {
    JoinTimeline {
        phases = List.copyOf(phases);
    }

    static JoinTimeline requested(NodeName node, Instant at) {
        return new JoinTimeline(node, at, List.of(), null, "");
    }

    /** The view after one more event that arrived at this time. */
    JoinTimeline apply(LifecycleEvent.Outcome event, Instant arrivedAt) {
        return switch (event) {
            case JoinAccepted _ -> phases.isEmpty() ? reached(new PhaseTime(Phase.Requested, arrivedAt)) : this;
            case JoinPhaseChanged changed -> reached(new PhaseTime(changed.phase(), changed.at()));
            case JoinSucceeded succeeded -> hasEnded(Phase.Joined, succeeded.phases(), arrivedAt, null, "");
            case JoinFailed failed ->
                hasEnded(Phase.Failed, failed.phases(), arrivedAt, failed.reason(), failed.detail());
            case JoinCancelled cancelled ->
                hasEnded(Phase.Cancelled, cancelled.phases(), arrivedAt, null, cancelled.detail());
            case JoinRejected rejected ->
                hasEnded(Phase.Rejected, List.of(), arrivedAt, rejected.reason(), rejected.detail());
            case JoinRevocationUnverified _, LeaveAccepted _, LeaveSucceeded _, LeaveFailed _ -> this;
        };
    }

    Optional<Phase> phase() {
        return phases.isEmpty()
                ? Optional.empty()
                : Optional.of(phases.getLast().phase());
    }

    boolean hasEnded() {
        return phase().map(Phase::terminal).orElse(false);
    }

    /** Returns the time from the request to this phase, in the last attempt that reached it. */
    Optional<Duration> timeTo(Phase phase) {
        return phases.stream()
                .filter(reached -> reached.phase() == phase)
                .reduce((_, later) -> later)
                .map(reached -> Duration.between(sentAt, reached.at()));
    }

    /** Returns the time from event to Ready for a node, and to the outcome for every other join. */
    Optional<Duration> timeToReadyOrEnd() {
        return timeTo(Phase.NodeReady)
                .filter(_ -> phase().equals(Optional.of(Phase.Joined)))
                .or(() -> phase().filter(Phase::terminal).flatMap(this::timeTo));
    }

    /** Returns the duration of each phase, in all attempts together. */
    Map<Phase, Duration> durationPerPhase() {
        Map<Phase, Duration> durations = new LinkedHashMap<>();
        Instant before = sentAt;
        for (PhaseTime reached : phases) {
            durations.merge(reached.phase(), Duration.between(before, reached.at()), Duration::plus);
            before = reached.at();
        }
        return durations;
    }

    private JoinTimeline reached(PhaseTime next) {
        if (phases.contains(next) || hasEnded()) {
            return this;
        }
        List<PhaseTime> more = new ArrayList<>(phases);
        more.add(next);
        return new JoinTimeline(node, sentAt, more, reason, detail);
    }

    private JoinTimeline hasEnded(
            Phase end, List<PhaseTime> all, Instant arrivedAt, @Nullable ErrorCode why, String explanation) {
        if (hasEnded()) {
            return this;
        }
        List<PhaseTime> complete = all.isEmpty() ? phases : all;
        JoinTimeline last = new JoinTimeline(node, sentAt, complete, why, explanation);
        return last.reached(new PhaseTime(end, arrivedAt));
    }
}
