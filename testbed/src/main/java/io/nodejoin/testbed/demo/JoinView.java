package io.nodejoin.testbed.demo;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one join from its events.
 *
 * @param sentAt when its request was handed to Kafka
 * @param phases reached so far, in order of arrival
 * @param reason why it failed
 * @param detail what a failed or rejected one says
 */
record JoinView(
        NodeName node,
        Instant sentAt,
        List<PhaseTime> phases,
        @Nullable ErrorCode reason,
        String detail) {
    JoinView {
        phases = List.copyOf(phases);
    }

    static JoinView sent(NodeName node, Instant at) {
        return new JoinView(node, at, List.of(), null, "");
    }

    /** The view after one more event that arrived at this time. */
    JoinView after(JoinEvent.Outcome event, Instant arrivedAt) {
        return switch (event) {
            case JoinAccepted _ -> phases.isEmpty() ? reached(new PhaseTime(Phase.Requested, arrivedAt)) : this;
            case JoinPhaseChanged changed -> reached(new PhaseTime(changed.phase(), changed.at()));
            case JoinSucceeded succeeded -> ended(Phase.Joined, succeeded.phases(), arrivedAt, null, "");
            case JoinFailed failed -> ended(Phase.Failed, failed.phases(), arrivedAt, failed.reason(), failed.detail());
            case JoinCancelled cancelled ->
                ended(Phase.Cancelled, cancelled.phases(), arrivedAt, null, cancelled.detail());
            case JoinRejected rejected ->
                ended(Phase.Rejected, List.of(), arrivedAt, rejected.reason(), rejected.detail());
            case LeaveAccepted _, LeaveSucceeded _, LeaveFailed _ -> this;
        };
    }

    Optional<Phase> phase() {
        return phases.isEmpty()
                ? Optional.empty()
                : Optional.of(phases.getLast().phase());
    }

    boolean ended() {
        return phase().map(Phase::terminal).orElse(false);
    }

    /** From sending the request to this phase, in the last attempt that came to it. */
    Optional<Duration> until(Phase phase) {
        return phases.stream()
                .filter(reached -> reached.phase() == phase)
                .reduce((_, later) -> later)
                .map(reached -> Duration.between(sentAt, reached.at()));
    }

    /** From event to Ready for a node, and to its end for every other join. */
    Optional<Duration> toReadyOrEnd() {
        return until(Phase.NodeReady)
                .filter(_ -> phase().equals(Optional.of(Phase.Joined)))
                .or(() -> phase().filter(Phase::terminal).flatMap(this::until));
    }

    /** How long each phase took to be reached from the one before, in all attempts together. */
    Map<Phase, Duration> secondsPerPhase() {
        Map<Phase, Duration> durations = new LinkedHashMap<>();
        Instant before = sentAt;
        for (PhaseTime reached : phases) {
            durations.merge(reached.phase(), Duration.between(before, reached.at()), Duration::plus);
            before = reached.at();
        }
        return durations;
    }

    private JoinView reached(PhaseTime next) {
        if (phases.contains(next) || ended()) {
            return this;
        }
        List<PhaseTime> more = new ArrayList<>(phases);
        more.add(next);
        return new JoinView(node, sentAt, more, reason, detail);
    }

    private JoinView ended(
            Phase end, List<PhaseTime> all, Instant arrivedAt, @Nullable ErrorCode why, String explanation) {
        if (ended()) {
            return this;
        }
        List<PhaseTime> complete = all.isEmpty() ? phases : all;
        JoinView last = new JoinView(node, sentAt, complete, why, explanation);
        return last.reached(new PhaseTime(end, arrivedAt));
    }
}
