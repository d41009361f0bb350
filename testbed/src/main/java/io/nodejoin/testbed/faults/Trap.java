package io.nodejoin.testbed.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Fail points at work: each counts the moments that match it, and strikes at the right ones. */
final class Trap {
    private static final int KILLED = 137;

    private final List<Armed> points;
    private final Marker marker;
    private final Clock clock;

    Trap(FailPlan plan, Clock clock) {
        this.points = plan.points().stream().map(Armed::new).toList();
        this.marker = new Marker(plan.marker());
        this.clock = clock;
    }

    /** Whether any of them is at this cut. */
    boolean knows(Cut cut) {
        return points.stream().anyMatch(armed -> armed.point.cut() == cut);
    }

    /** Whether any of them may strike there. */
    boolean isSetAt(String step, Cut cut, String workflow) {
        return points.stream().anyMatch(armed -> armed.point.mayStrike(step, cut, workflow));
    }

    /**
     * To be called at each moment at which the service could fail.
     *
     * @param input what the step was asked for; tells its first try from another step of the same name
     */
    void reached(String step, Cut cut, String workflow, String input, Breakdown breakdown) {
        for (Armed armed : points) {
            if (armed.point.matches(step, cut, workflow, input) && armed.strikes(step + " " + workflow + " " + input)) {
                String mark = FailPoint.mark(step, cut, workflow);
                marker.write(mark);
                strike(armed.point, breakdown);
                marker.write(FailPoint.past(mark));
            }
        }
    }

    private final class Armed {
        private final FailPoint point;
        private final Set<String> seen = new HashSet<>();
        private int hits;

        private Armed(FailPoint point) {
            this.point = point;
        }

        private synchronized boolean strikes(String moment) {
            if (point.hit() == FailPoint.EACH) {
                return seen.add(moment);
            }
            hits++;
            return point.until() == null
                    ? hits == point.hit()
                    : hits >= point.hit() && clock.instant().isBefore(point.until());
        }
    }

    private static void strike(FailPoint point, Breakdown breakdown) {
        switch (point.action()) {
            case HALT -> Runtime.getRuntime().halt(KILLED);
            case STOP -> stopThisProcess();
            case ERROR -> throw breakdown.lost();
            case REFUSE -> throw breakdown.refused();
            case DELAY -> hold(point.delay());
        }
    }

    /** An interrupt does not end it: what is late here is late for whoever waits. */
    private static void hold(Duration delay) {
        long end = System.nanoTime() + delay.toNanos();
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    private static void stopThisProcess() {
        try {
            new ProcessBuilder(
                            "kill",
                            "-STOP",
                            Long.toString(ProcessHandle.current().pid()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot stop this process", e);
        }
    }
}
