package io.nodejoin.workflows.join;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is left of an attempt that was taken back.
 *
 * @param residue what could not be taken back, a line each
 * @param hostInDoubt whether some of that lies on the host, or may
 * @param nameLostUntil when any machine may have the name again, if none may have it now
 */
record Aftermath(
        List<String> residue, boolean hostInDoubt, @Nullable Instant nameLostUntil) {
    Aftermath {
        residue = List.copyOf(residue);
    }
}
