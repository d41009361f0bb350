package io.nodejoin.testbed.faults;

import java.util.Locale;

/** When, beside an effect, a fail point is. */
public enum Cut {
    /** Nothing has happened yet. */
    BEFORE,
    /** The effect has happened, and nobody knows. */
    AFTER,
    /** Temporal has recorded the effect. */
    RECORDED;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
