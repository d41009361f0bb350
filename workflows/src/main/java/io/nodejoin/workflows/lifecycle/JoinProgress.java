package io.nodejoin.workflows.lifecycle;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.event.PhaseTime;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The progress of a join.
 *
 * @param phases when each phase was reached, in order
 * @param waitingFor what the join waits for, as the end of "waiting for ..."
 * @param problem why it is compensated, if it is
 */
public record JoinProgress(
        JoinId joinId,
        ClusterName cluster,
        NodeName node,
        Phase phase,
        List<PhaseTime> phases,
        String waitingFor,
        Instant deadline,
        @Nullable Problem problem) {
    public JoinProgress {
        phases = List.copyOf(phases);
    }
}
