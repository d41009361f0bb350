package io.nodejoin.testbed.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** A fail point at work: counts the moments that match, and strikes at the right one. */
final class Trap {
    private static final int KILLED = 137;

    private final FailPoint point;
    private final Marker marker;
    private final Set<String> seen = new HashSet<>();
    private int hits;

    Trap(FailPoint point) {
        this.point = point;
        this.marker = new Marker(point.marker());
    }

    FailPoint point() {
        return point;
    }

    /**
     * To be called at each moment at which the service could fail.
     *
     * @param input what the step was asked for; tells its first try from another step of the same name
     * @param lost what a caller gets whose answer is lost
     */
    void reached(String step, Cut cut, String workflow, String input, Supplier<? extends RuntimeException> lost) {
        if (strikes(step, cut, workflow, input)) {
            marker.write(step + " " + cut.word() + " " + workflow);
            strike(lost);
        }
    }

    private synchronized boolean strikes(String step, Cut cut, String workflow, String input) {
        if (!point.matches(step, cut, workflow)) {
            return false;
        }
        if (point.hit() == FailPoint.EACH) {
            return seen.add(step + " " + workflow + " " + input);
        }
        return ++hits == point.hit();
    }

    private void strike(Supplier<? extends RuntimeException> lost) {
        switch (point.action()) {
            case HALT -> Runtime.getRuntime().halt(KILLED);
            case STOP -> stopThisProcess();
            case ERROR -> throw lost.get();
            case DELAY -> {
                long end = System.nanoTime() + point.delay().toNanos();
                while (System.nanoTime() < end) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
                }
            }
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
