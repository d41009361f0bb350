package io.nodejoin.workflows.cleanup;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.workflows.event.OutcomeEvent;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of an accepted request that its workflow may not have published.
 *
 * @param acceptedEventId the id of the accepted event; the id of the outcome event has the same prefix
 * @param phases the phases that the request has reached; empty if Temporal does not know
 * @param decided the outcome that is known already; null if the request was not decided
 */
public record OwedOutcome(
        Kind kind,
        JoinId joinId,
        String acceptedEventId,
        Instant acceptedAt,
        @Nullable PoolName pool,
        List<PhaseTime> phases,
        @Nullable OutcomeEvent decided) {
    /** What was requested. */
    public enum Kind {
        JOIN,
        LEAVE
    }

    public OwedOutcome {
        phases = List.copyOf(phases);
    }

    /** Returns the id that the workflow's own outcome would have, so that consumers recognise a duplicate. */
    public String eventId(Phase end) {
        return acceptedEventId.substring(0, acceptedEventId.lastIndexOf('/') + 1) + end;
    }
}
