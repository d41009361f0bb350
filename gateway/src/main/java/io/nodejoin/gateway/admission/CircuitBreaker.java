package io.nodejoin.gateway.admission;

import java.time.Duration;

/** Opens after failures in a row; then it lets one probe through in each interval, until one succeeds. Not thread-safe. */
final class CircuitBreaker {
    private final int failuresToOpen;
    private final Duration probeInterval;
    private int failures;
    private boolean open;
    private long probedAt;

    CircuitBreaker(int failuresToOpen, Duration probeInterval) {
        this.failuresToOpen = failuresToOpen;
        this.probeInterval = probeInterval;
    }

    boolean isOpen() {
        return open;
    }

    /** Returns whether it is open and a probe may begin. */
    boolean isProbeDue(long now) {
        return open && now - probedAt >= probeInterval.toNanos();
    }

    /** A join begins; while it is open, this is the probe. */
    void began(long now) {
        probedAt = now;
    }

    void succeeded() {
        failures = 0;
        open = false;
    }

    void failed(long now) {
        failures++;
        if (!open && failures >= failuresToOpen) {
            open = true;
            probedAt = now;
        }
    }
}
