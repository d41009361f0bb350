package io.nodejoin.workflows.compensation;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is left of an attempt that was taken back.
 *
 * @param residue what could not be taken back, a line each
 * @param hostMayBeDirty whether some of that lies on the host, or may
 * @param nameBlockedUntil when any machine may have the name again, if none may have it now
 */
public record CompensationResult(
        List<String> residue,
        boolean hostMayBeDirty,
        @Nullable Instant nameBlockedUntil) {
    public CompensationResult {
        residue = List.copyOf(residue);
    }
}
