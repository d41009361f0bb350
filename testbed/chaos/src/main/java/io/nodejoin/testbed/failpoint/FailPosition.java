package io.nodejoin.testbed.failpoint;

import java.util.Locale;

/** The position of a fail point relative to an effect. */
public enum FailPosition {
    /** Nothing has happened yet. */
    BEFORE,
    /** The effect has taken place and is not yet recorded. */
    AFTER,
    /** Temporal has recorded the effect. */
    RECORDED;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
