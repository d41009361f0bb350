package io.nodejoin.visibility.join;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One join or leave in a list.
 *
 * @param joinId null if the run has lost its memo
 * @param phase the phase reached last; of a terminated run it may be one that is not terminal
 * @param reason why it is compensated or has failed; null if it is not
 * @param closedAt null while it is open
 * @param pool the pool that the request names; null if it names none
 */
public record JoinSummary(
        RequestKind kind,
        NodeRef node,
        @Nullable JoinId joinId,
        String runId,
        Phase phase,
        @Nullable ErrorCode reason,
        RunStatus status,
        Instant startedAt,
        @Nullable Instant closedAt,
        @Nullable PoolName pool) {

    /** Returns whether it has not ended. */
    public boolean open() {
        return status == RunStatus.RUNNING;
    }

    /** Returns how long it took, or has taken up to now. */
    public Duration age(Instant now) {
        return Duration.between(startedAt, closedAt == null ? now : closedAt);
    }
}
