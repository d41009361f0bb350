package io.nodejoin.workflows.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;

/** Virtual time and its events. The seed determines the order of events in the same millisecond. */
final class VirtualTime {
    private final PriorityQueue<ScheduledEvent> moments = new PriorityQueue<>();
    private final SeededRandom random;
    private long now;
    private final List<Runnable> ends = new ArrayList<>();
    private long serial;

    VirtualTime(Instant start, SeededRandom random) {
        this.now = start.toEpochMilli();
        this.random = random;
    }

    /** A scheduled event, which can be cancelled. */
    static final class ScheduledEvent implements Comparable<ScheduledEvent> {
        private final long at;
        private final int tie;
        private final long serial;
        private final Runnable action;
        private boolean calledOff;

        private ScheduledEvent(long at, int tie, long serial, Runnable action) {
            this.at = at;
            this.tie = tie;
            this.serial = serial;
            this.action = action;
        }

        void callOff() {
            calledOff = true;
        }

        @Override
        public int compareTo(ScheduledEvent other) {
            int byTime = Long.compare(at, other.at);
            int byTie = byTime != 0 ? byTime : Integer.compare(tie, other.tie);
            return byTie != 0 ? byTie : Long.compare(serial, other.serial);
        }
    }

    Instant now() {
        return Instant.ofEpochMilli(now);
    }

    ScheduledEvent scheduleAfter(Duration delay, Runnable action) {
        return scheduleAt(now().plus(delay), action);
    }

    ScheduledEvent scheduleAt(Instant when, Runnable action) {
        ScheduledEvent moment =
                new ScheduledEvent(Math.max(now, when.toEpochMilli()), random.nextTieBreaker(), serial++, action);
        moments.add(moment);
        return moment;
    }

    /** Schedules an event at the end of the run. */
    void onStop(Runnable end) {
        ends.add(end);
    }

    void stop() {
        ends.forEach(Runnable::run);
    }

    /** Advances time until no event before the end is left, or the condition holds. */
    void run(Instant end, BooleanSupplier until) {
        while (!moments.isEmpty() && !until.getAsBoolean()) {
            ScheduledEvent next = moments.peek();
            if (next.at > end.toEpochMilli()) {
                now = end.toEpochMilli();
                return;
            }
            moments.remove();
            if (!next.calledOff) {
                now = next.at;
                next.action.run();
            }
        }
    }
}
