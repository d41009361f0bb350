package io.nodejoin.testbed.failpoint;

import java.util.Locale;

/** When, beside an effect, a fail point is. */
public enum FailPosition {
    /** Nothing has happened yet. */
    BEFORE,
    /** The effect has happened, and nobody knows. */
    AFTER,
    /** Temporal has recorded the effect. */
    RECORDED;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
