package io.nodejoin.protocol.event;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** The delay before a client sends a failed request again, like the HTTP header Retry-After (RFC 9110, 10.2.3). */
public final class RetryAfter {
    private static final int BASE_DELAY_SECONDS = 60;
    private static final int JITTER_SECONDS = 60;

    private RetryAfter() {}

    /**
     * Returns the delay: absent if the request may not be sent again; zero if the remedy or another host is needed, not
     * time; else one to two minutes, in which a control plane or quota may recover. Requests that fail together are
     * spread over a minute by their ids. Deterministic.
     */
    public static @Nullable Duration forReason(ErrorCode reason, JoinId request) {
        if (!reason.retryableByNewRequest()) {
            return null;
        }
        return switch (reason.reasonClass()) {
            case CAPACITY, CONTROL_PLANE, TIMEOUT ->
                Duration.ofSeconds(
                        BASE_DELAY_SECONDS + Math.floorMod(request.value().hashCode(), JITTER_SECONDS));
            case HOST_PREFLIGHT, HOST_STEP, NETWORK, IDENTITY, CANCELLED, REQUEST -> Duration.ZERO;
        };
    }

    /** Returns the time until {@code notBefore}, rounded up to seconds; zero if it has passed. */
    public static Duration until(Instant notBefore, Instant now) {
        Duration left = Duration.between(now, notBefore);
        Duration seconds = left.truncatedTo(ChronoUnit.SECONDS);
        return left.isNegative() ? Duration.ZERO : left.equals(seconds) ? seconds : seconds.plusSeconds(1);
    }
}
