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
}
