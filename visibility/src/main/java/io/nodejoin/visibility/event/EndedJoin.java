package io.nodejoin.visibility.event;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.PhaseTime;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A join that has ended, as its outcome tells it.
 *
 * @param code why it did not succeed; null if it did
 * @param reached the phase that it did not get beyond; {@link Phase#Joined} if it succeeded
 * @param phaseDurations how long it was in each phase, all attempts together
 * @param unproved what could not be taken back
 */
public record EndedJoin(
        JoinId joinId,
        ClusterName cluster,
        NodeName node,
        Instant endedAt,
        Result result,
        @Nullable ErrorCode code,
        Phase reached,
        Map<Phase, Duration> phaseDurations,
        List<String> unproved) {

    public EndedJoin {
        phaseDurations = Map.copyOf(phaseDurations);
        unproved = List.copyOf(unproved);
    }

    /** How it ended. */
    public enum Result {
        SUCCEEDED,
        FAILED,
        CANCELLED
    }

    /** Returns how long it took. */
    public Duration total() {
        return phaseDurations.values().stream().reduce(Duration.ZERO, Duration::plus);
    }

    static Optional<EndedJoin> of(PublishedEvent event) {
        return switch (event.data()) {
            case JoinSucceeded end ->
                Optional.of(new EndedJoin(
                        end.joinId(),
                        end.cluster(),
                        end.nodeName(),
                        event.time(),
                        Result.SUCCEEDED,
                        null,
                        Phase.Joined,
                        phaseDurations(end.phases()),
                        List.of()));
            case JoinFailed end ->
                Optional.of(new EndedJoin(
                        end.joinId(),
                        end.cluster(),
                        end.nodeName(),
                        event.time(),
                        Result.FAILED,
                        end.reason(),
                        lastReached(end.phases()),
                        phaseDurations(end.phases()),
                        end.residue()));
            case JoinCancelled end ->
                Optional.of(new EndedJoin(
                        end.joinId(),
                        end.cluster(),
                        end.nodeName(),
                        event.time(),
                        Result.CANCELLED,
                        end.reason(),
                        lastReached(end.phases()),
                        phaseDurations(end.phases()),
                        end.residue()));
            default -> Optional.empty();
        };
    }

    private static Phase lastReached(List<PhaseTime> phases) {
        return phases.reversed().stream()
                .map(PhaseTime::phase)
                .filter(phase -> !phase.terminal() && phase != Phase.Compensating)
                .findFirst()
                .orElse(Phase.Requested);
    }

    private static Map<Phase, Duration> phaseDurations(List<PhaseTime> phases) {
        Map<Phase, Duration> phaseDurations = new EnumMap<>(Phase.class);
        for (int i = 0; i + 1 < phases.size(); i++) {
            phaseDurations.merge(
                    phases.get(i).phase(),
                    Duration.between(phases.get(i).at(), phases.get(i + 1).at()),
                    Duration::plus);
        }
        return phaseDurations;
    }
}
