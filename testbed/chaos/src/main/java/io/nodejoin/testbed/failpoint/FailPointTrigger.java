package io.nodejoin.testbed.failpoint;

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
final class FailPointTrigger {
    private static final int SIGKILL_EXIT_CODE = 137;

    private final List<ArmedPoint> points;
    private final FailPointMarker marker;
    private final Clock clock;

    FailPointTrigger(FailPlan plan, Clock clock) {
        this.points = plan.points().stream().map(ArmedPoint::new).toList();
        this.marker = new FailPointMarker(plan.marker());
        this.clock = clock;
    }

    /** Returns whether any fail point is at this position. */
    boolean isUsedAt(FailPosition position) {
        return points.stream().anyMatch(armed -> armed.point.position() == position);
    }

    /** Returns whether any fail point can fire there. */
    boolean isArmedAt(String step, FailPosition position, String workflow) {
        return points.stream().anyMatch(armed -> armed.point.appliesTo(step, position, workflow));
    }

    /**
     * Called at each position at which the service can fail.
     *
     * @param input the step's input, which distinguishes a retry from another step of the same name
     */
    void onReached(String step, FailPosition position, String workflow, String input, FailureFactory failures) {
        for (ArmedPoint armed : points) {
            if (armed.point.matches(step, position, workflow, input)
                    && armed.countAndTest(step + " " + workflow + " " + input)) {
                String mark = FailPoint.markerLine(step, position, workflow);
                marker.append(mark);
                fire(armed.point, failures);
                marker.append(FailPoint.releaseLine(mark));
            }
        }
    }

    private final class ArmedPoint {
        private final FailPoint point;
        private final Set<String> seen = new HashSet<>();
        private int hits;

        private ArmedPoint(FailPoint point) {
            this.point = point;
        }

        private synchronized boolean countAndTest(String moment) {
            if (point.hit() == FailPoint.FIRST_OF_EACH) {
                return seen.add(moment);
            }
            hits++;
            return point.until() == null
                    ? hits == point.hit()
                    : hits >= point.hit() && clock.instant().isBefore(point.until());
        }
    }

    private static void fire(FailPoint point, FailureFactory failures) {
        switch (point.action()) {
            case HALT -> Runtime.getRuntime().halt(SIGKILL_EXIT_CODE);
            case STOP -> stopThisProcess();
            case ERROR -> throw failures.responseLost();
            case REJECT -> throw failures.rejected();
            case DELAY -> delay(point.delay());
        }
    }

    /** Not interruptible: a late response must be late for its caller. */
    private static void delay(Duration delay) {
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

    /** Creates failures of a client library. */
    interface FailureFactory {
        /** Creates the retryable failure of a lost response. */
        RuntimeException responseLost();

        /** For good, where the library knows such a failure. */
        default RuntimeException rejected() {
            return responseLost();
        }
    }
}
