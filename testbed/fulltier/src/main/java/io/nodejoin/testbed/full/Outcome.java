package io.nodejoin.testbed.full;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How a part ended. */
enum Outcome {
    PASSED,
    FAILED,
    /** It cannot run on this machine. */
    SKIPPED;

    @Override
    @JsonValue
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
