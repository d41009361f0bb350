package io.nodejoin.workflows.violations;

import java.time.Instant;

/** What no workflow may do; the architecture test must notice it. */
public final class ReadsSystemClock {

    /** The machine's own time. */
    public Instant time() {
        return Instant.now();
    }
}
