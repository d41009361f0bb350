package io.nodejoin.protocol.event;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** How long a sender waits before it sends a request again that has failed; what Retry-After is to HTTP (RFC 9110, 10.2.3). */
public final class RetryAfter {
    private static final int BASE_DELAY_SECONDS = 60;
    private static final int JITTER_SECONDS = 60;

    private RetryAfter() {}

    /**
     * Absent if the request may not be sent again; zero if it needs the remedy or another host, and no time; else one to two
     * minutes, in which a control plane or a capacity may come back. What failed together does not come back together: the
     * request's id says where in that minute. The same request always gets the same answer.
     */
    public static @Nullable Duration forReason(ErrorCode reason, JoinId request) {
        if (!reason.retryableByNewRequest()) {
            return null;
        }
        return switch (ReasonClass.of(reason)) {
            case CAPACITY, CONTROL_PLANE, TIMEOUT ->
                Duration.ofSeconds(
                        BASE_DELAY_SECONDS + Math.floorMod(request.value().hashCode(), JITTER_SECONDS));
            case HOST_PREFLIGHT, HOST_STEP, NETWORK, IDENTITY, CANCELLED, REQUEST -> Duration.ZERO;
        };
    }

    /** Until the first full second in which it is no longer in vain; zero if that has come. */
    public static Duration until(Instant notBefore, Instant now) {
        Duration left = Duration.between(now, notBefore);
        Duration seconds = left.truncatedTo(ChronoUnit.SECONDS);
        return left.isNegative() ? Duration.ZERO : left.equals(seconds) ? seconds : seconds.plusSeconds(1);
    }
}
