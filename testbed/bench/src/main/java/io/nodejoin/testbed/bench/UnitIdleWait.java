package io.nodejoin.testbed.bench;

import io.nodejoin.testbed.host.Host;
import io.nodejoin.testbed.process.Await;
import java.time.Duration;

/** Waits until a unit of a host has nothing to do: its processes use no processor time any more. */
final class UnitIdleWait {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int IDLE_SAMPLES = 10;
    private static final long MAX_IDLE_NANOS = 2_000_000;

    private final Host host;
    private final String unit;
    private long used;
    private int idleSamples;

    UnitIdleWait(Host host, String unit) {
        this.host = host;
        this.unit = unit;
    }

    /** Returns once several consecutive samples find the unit idle. */
    void awaitIdle() throws InterruptedException {
        if (!Await.until(TIMEOUT, this::isIdle)) {
            throw new IllegalStateException(unit + " of " + host.name() + " does not come to rest");
        }
    }

    private boolean isIdle() {
        long now = Long.parseLong(host.unitProperty(unit, "CPUUsageNSec"));
        idleSamples = now - used < MAX_IDLE_NANOS ? idleSamples + 1 : 0;
        used = now;
        return idleSamples == IDLE_SAMPLES;
    }
}
