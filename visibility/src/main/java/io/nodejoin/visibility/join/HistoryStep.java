package io.nodejoin.visibility.join;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One activity of a join.
 *
 * @param activity the activity's type, such as {@code Token_Issue}
 * @param summary what it does, in words; empty if it has none
 * @param endedAt null while it runs
 * @param attempts how often it was tried; 0 if no worker has begun with it
 * @param failure the last failure, also of an activity that succeeded later; null if there was none
 */
public record HistoryStep(
        String activity,
        String summary,
        Instant scheduledAt,
        @Nullable Instant endedAt,
        int attempts,
        State state,
        @Nullable String failure) {

    /** How the activity stands. */
    public enum State {
        /** No worker has begun with it, or the next attempt has not begun. */
        WAITING,
        RUNNING,
        COMPLETED,
        FAILED,
        TIMED_OUT,
        CANCELLED
    }

    /** Returns how long it took, or has taken up to now. */
    public Duration duration(Instant now) {
        return Duration.between(scheduledAt, endedAt == null ? now : endedAt);
    }
}
