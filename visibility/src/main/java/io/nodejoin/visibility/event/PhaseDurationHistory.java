package io.nodejoin.visibility.event;

import io.nodejoin.protocol.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * How long the joins of a week stayed in each phase: of each a number per phase, about 120 bytes. Of more joins than it
 * holds it forgets the oldest. Thread-safe.
 */
public final class PhaseDurationHistory {
    private static final Duration LENGTH = Duration.ofDays(7);
    private static final int ABSENT = -1;
    private static final List<Phase> PHASES = List.of(Phase.values());

    private final int maxJoins;
    private final Queue<PhaseDuration> oldestFirst =
            new PriorityQueue<>(Comparator.comparingLong(PhaseDuration::endedAt));

    PhaseDurationHistory(int maxJoins) {
        this.maxJoins = maxJoins;
    }

    /** One join; small, since there are many. */
    private static final class PhaseDuration {
        private final long endedAt;
        private final int[] millis = new int[PHASES.size()];

        PhaseDuration(EndedJoin join) {
            endedAt = join.endedAt().toEpochMilli();
            for (int i = 0; i < millis.length; i++) {
                Duration time = join.phaseDurations().get(PHASES.get(i));
                millis[i] = time == null ? ABSENT : Math.clamp(time.toMillis(), 0, Integer.MAX_VALUE);
            }
        }

        long endedAt() {
            return endedAt;
        }
    }

    /**
     * The phase durations of a week.
     *
     * @param since when the oldest of its joins ended; null if it has none
     */
    public record PhaseDurations(
            Map<Phase, PhaseDurationStatistics> byPhase,
            @Nullable Instant since) {
        public PhaseDurations {
            byPhase = Map.copyOf(byPhase);
        }
    }

    synchronized void add(EndedJoin join) {
        add(new PhaseDuration(join));
    }

    /** Adds all that the other one holds. */
    synchronized void addAll(PhaseDurationHistory other) {
        other.oldestFirst.forEach(this::add);
    }

    private void add(PhaseDuration duration) {
        oldestFirst.add(duration);
        if (oldestFirst.size() > maxJoins) {
            oldestFirst.remove();
        }
    }

    /** Returns the phase durations of the joins that ended in the week before this time. */
    public PhaseDurations before(Instant end) {
        PhaseDuration[] week = weekBefore(end);
        Map<Phase, PhaseDurationStatistics> byPhase = new EnumMap<>(Phase.class);
        for (int i = 0; i < PHASES.size(); i++) {
            Phase phase = PHASES.get(i);
            PhaseDurationStatistics.ofMillis(millis(week, i)).ifPresent(found -> byPhase.put(phase, found));
        }
        return new PhaseDurations(
                byPhase,
                Arrays.stream(week)
                        .mapToLong(PhaseDuration::endedAt)
                        .mapToObj(Instant::ofEpochMilli)
                        .min(Comparator.naturalOrder())
                        .orElse(null));
    }

    private static int[] millis(PhaseDuration[] week, int phase) {
        return Arrays.stream(week)
                .mapToInt(duration -> duration.millis[phase])
                .filter(time -> time != ABSENT)
                .toArray();
    }

    private synchronized PhaseDuration[] weekBefore(Instant end) {
        long from = end.minus(LENGTH).toEpochMilli();
        long until = end.toEpochMilli();
        PhaseDuration oldest = oldestFirst.peek();
        while (oldest != null && oldest.endedAt() < from) {
            oldestFirst.remove();
            oldest = oldestFirst.peek();
        }
        return oldestFirst.stream()
                .filter(duration -> duration.endedAt() < until)
                .toArray(PhaseDuration[]::new);
    }
}
