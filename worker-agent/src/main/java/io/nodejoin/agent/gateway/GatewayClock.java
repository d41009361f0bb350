package io.nodejoin.agent.gateway;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The time of the gateway, which dates commands, tokens and the agent's certificates: as its answers tell it, and in between by
 * the monotonic clock. A host clock that is off makes no command stale and no certificate useless, and one that jumps ends no
 * wait. Before the first answer it is the host's time. For many threads.
 */
public final class GatewayClock extends Clock {
    /** Answers tell whole seconds and take their time: what differs by less is the same. */
    private static final Duration TOLERANCE = Duration.ofSeconds(5);

    private final Clock host;
    private final LongSupplier nanoTime;
    private volatile @Nullable ServerTime reading;

    private record ServerTime(Instant time, long nanos) {}

    public GatewayClock(Clock host, LongSupplier nanoTime) {
        this.host = host;
        this.nanoTime = nanoTime;
    }

    /** The gateway has just told this time. */
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
