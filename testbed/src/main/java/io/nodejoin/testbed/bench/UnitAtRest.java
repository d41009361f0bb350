package io.nodejoin.testbed.bench;

import io.nodejoin.testbed.host.Host;
import io.nodejoin.testbed.process.Waiting;
import java.time.Duration;

/** Waits until a unit of a host has nothing to do: its processes use no processor time any more. */
final class UnitAtRest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int LOOKS = 10;
    private static final long STILL_NANOS = 2_000_000;

    private final Host host;
    private final String unit;
    private long used;
    private int still;

    UnitAtRest(Host host, String unit) {
        this.host = host;
        this.unit = unit;
    }

    /** Returns once several looks in a row have found it at rest. */
    void await() throws InterruptedException {
        if (!Waiting.until(PATIENCE, this::isAtRest)) {
            throw new IllegalStateException(unit + " of " + host.name() + " does not come to rest");
        }
    }

    private boolean isAtRest() {
        long now = Long.parseLong(host.run("systemctl", "show", "--value", "--property=CPUUsageNSec", unit)
                .orFail()
                .output()
                .strip());
        still = now - used < STILL_NANOS ? still + 1 : 0;
        used = now;
        return still == LOOKS;
    }
}
