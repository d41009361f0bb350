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
public final class WeekOfStays {
    private static final Duration LENGTH = Duration.ofDays(7);
    private static final int ABSENT = -1;
    private static final List<Phase> PHASES = List.of(Phase.values());

    private final int maxJoins;
    private final Queue<Stay> oldestFirst = new PriorityQueue<>(Comparator.comparingLong(Stay::endedAt));

    WeekOfStays(int maxJoins) {
        this.maxJoins = maxJoins;
    }

    /** One join; small, since there are many. */
    private static final class Stay {
        private final long endedAt;
        private final int[] millis = new int[PHASES.size()];

        Stay(EndedJoin join) {
            endedAt = join.endedAt().toEpochMilli();
            for (int i = 0; i < millis.length; i++) {
                Duration time = join.stays().get(PHASES.get(i));
                millis[i] = time == null ? ABSENT : Math.clamp(time.toMillis(), 0, Integer.MAX_VALUE);
            }
        }

        long endedAt() {
            return endedAt;
        }
    }

    /**
     * The stays of a week.
     *
     * @param since when the oldest of its joins ended; null if it has none
     */
    public record Stays(
            Map<Phase, StayStatistics> byPhase, @Nullable Instant since) {
        public Stays {
            byPhase = Map.copyOf(byPhase);
        }
    }

    synchronized void add(EndedJoin join) {
        add(new Stay(join));
    }

    /** Adds all that the other one holds. */
    synchronized void addAll(WeekOfStays other) {
        other.oldestFirst.forEach(this::add);
    }

    private void add(Stay stay) {
        oldestFirst.add(stay);
        if (oldestFirst.size() > maxJoins) {
            oldestFirst.remove();
        }
    }

    /** Returns the stays of the joins that ended in the week before this time. */
    public Stays before(Instant end) {
        Stay[] week = weekBefore(end);
        Map<Phase, StayStatistics> byPhase = new EnumMap<>(Phase.class);
        for (int i = 0; i < PHASES.size(); i++) {
            Phase phase = PHASES.get(i);
            StayStatistics.ofMillis(millis(week, i)).ifPresent(found -> byPhase.put(phase, found));
        }
        return new Stays(
                byPhase,
                Arrays.stream(week)
                        .mapToLong(Stay::endedAt)
                        .mapToObj(Instant::ofEpochMilli)
                        .min(Comparator.naturalOrder())
                        .orElse(null));
    }

    private static int[] millis(Stay[] week, int phase) {
        return Arrays.stream(week)
                .mapToInt(stay -> stay.millis[phase])
                .filter(time -> time != ABSENT)
                .toArray();
    }

    private synchronized Stay[] weekBefore(Instant end) {
        long from = end.minus(LENGTH).toEpochMilli();
        long until = end.toEpochMilli();
        Stay oldest = oldestFirst.peek();
        while (oldest != null && oldest.endedAt() < from) {
            oldestFirst.remove();
            oldest = oldestFirst.peek();
        }
        return oldestFirst.stream().filter(stay -> stay.endedAt() < until).toArray(Stay[]::new);
    }
}
