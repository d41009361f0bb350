package io.nodejoin.agent.gateway;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The gateway's clock: set by the Date header of its responses, advanced by the monotonic clock. It dates commands,
 * tokens and certificates, so that a wrong host clock does not expire them and a clock jump ends no wait. Until the
 * first response it is the host's clock. Thread-safe.
 */
public final class GatewayClock extends Clock {
    /** Responses carry whole seconds and take time: a smaller difference is ignored. */
    private static final Duration TOLERANCE = Duration.ofSeconds(5);

    private final Clock host;
    private final LongSupplier nanoTime;
    private volatile @Nullable ServerTime reading;

    private record ServerTime(Instant time, long nanos) {}

    public GatewayClock(Clock host, LongSupplier nanoTime) {
        this.host = host;
        this.nanoTime = nanoTime;
    }

    /** Sets the clock to this time of the gateway. */
    public void update(Instant time) {
        if (reading == null || Duration.between(instant(), time).abs().compareTo(TOLERANCE) > 0) {
            reading = new ServerTime(time, nanoTime.getAsLong());
        }
    }

    @Override
    public Instant instant() {
        ServerTime last = reading;
        return last == null ? host.instant() : last.time().plusNanos(nanoTime.getAsLong() - last.nanos());
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
