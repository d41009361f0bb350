package io.nodejoin.workflows.compensation;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of compensating an attempt.
 *
 * @param residue what could not be compensated, a line each
 * @param hostMayBeDirty whether the host has residue, or may have
 * @param nameBlockedUntil when the quarantine of the name ends, if it excludes every machine
 */
public record CompensationResult(
        List<String> residue,
        boolean hostMayBeDirty,
        @Nullable Instant nameBlockedUntil) {
    public CompensationResult {
        residue = List.copyOf(residue);
    }

    /** Returns what is left on the host, or may be; empty if nothing is. */
    public List<String> hostResidue() {
        return hostMayBeDirty && residue.isEmpty()
                ? List.of("Host: it may be dirty")
                : hostMayBeDirty ? residue : List.of();
    }
}
