package io.nodejoin.protocol.join;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import java.util.List;

/**
 * The node stays, and takes pods again if it did before. After the reason TERMINATED it may be half gone, and asking again
 * finishes it.
 *
 * @param retryable whether the same request may be sent again, under a new id
 * @param residue what could not be taken back, or was not finished
 * @param phases when each phase was reached, in order
 */
public record LeaveFailed(
        ClusterName cluster,
        NodeName nodeName,
        JoinId leaveId,
        ErrorCode reason,
        String detail,
        boolean retryable,
        List<String> residue,
        List<PhaseTime> phases)
        implements JoinEvent.Outcome {
    public LeaveFailed {
        residue = List.copyOf(residue);
        phases = List.copyOf(phases);
    }
}
