package io.nodejoin.visibility.join;

import java.time.Instant;

/**
 * What a join was told from outside.
 *
 * @param name the name of the update or signal
 */
public record HistoryMessage(Kind kind, String name, Instant at) {
    /** How it was told. */
    public enum Kind {
        UPDATE,
        SIGNAL
    }
}
