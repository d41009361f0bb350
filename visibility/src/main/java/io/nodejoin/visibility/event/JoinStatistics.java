package io.nodejoin.visibility.event;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Statistics of the joins that ended in a period.
 *
 * @param phaseDurations how long they were in each phase
 * @param dropOuts those that failed, by the phase that they did not get beyond, and by code
 * @param totals how long those took that succeeded; null if none did
 */
public record JoinStatistics(
        Duration period,
        long succeeded,
        long failed,
        long cancelled,
        Map<Phase, PhaseDurationStatistics> phaseDurations,
        Map<Phase, Map<ErrorCode, Long>> dropOuts,
        @Nullable PhaseDurationStatistics totals) {

    public JoinStatistics {
        phaseDurations = Map.copyOf(phaseDurations);
        dropOuts = Map.copyOf(dropOuts);
    }

    /** Returns how many ended. */
    public long ended() {
        return succeeded + failed + cancelled;
    }

    /** Returns how many ended per minute of the period. */
    public double perMinute() {
        return ended() * 60.0 / Math.max(1, period.toSeconds());
    }

    /** Returns the part that succeeded of those that succeeded or failed; empty if there are none. */
    public Optional<Double> successRatio() {
        long decided = succeeded + failed;
        return decided == 0 ? Optional.empty() : Optional.of((double) succeeded / decided);
    }

    static JoinStatistics of(Duration period, Collection<EndedJoin> joins) {
        Map<Phase, List<Duration>> times = new EnumMap<>(Phase.class);
        Map<Phase, Map<ErrorCode, Long>> dropOuts = new EnumMap<>(Phase.class);
        List<Duration> totals = new ArrayList<>();
        Map<EndedJoin.Result, Long> results = new EnumMap<>(EndedJoin.Result.class);
        for (EndedJoin join : joins) {
            results.merge(join.result(), 1L, Long::sum);
            join.phaseDurations()
                    .forEach((phase, time) ->
                            times.computeIfAbsent(phase, _ -> new ArrayList<>()).add(time));
            if (join.result() == EndedJoin.Result.SUCCEEDED) {
                totals.add(join.total());
            } else if (join.result() == EndedJoin.Result.FAILED && join.code() != null) {
                dropOuts.computeIfAbsent(join.reached(), _ -> new EnumMap<>(ErrorCode.class))
                        .merge(join.code(), 1L, Long::sum);
            }
        }
        Map<Phase, PhaseDurationStatistics> phaseDurations = new EnumMap<>(Phase.class);
        times.forEach(
                (phase, all) -> PhaseDurationStatistics.of(all).ifPresent(found -> phaseDurations.put(phase, found)));
        return new JoinStatistics(
                period,
                results.getOrDefault(EndedJoin.Result.SUCCEEDED, 0L),
                results.getOrDefault(EndedJoin.Result.FAILED, 0L),
                results.getOrDefault(EndedJoin.Result.CANCELLED, 0L),
                phaseDurations,
                dropOuts,
                PhaseDurationStatistics.of(totals).orElse(null));
    }
}
