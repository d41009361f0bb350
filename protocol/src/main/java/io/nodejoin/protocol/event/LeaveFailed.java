package io.nodejoin.protocol.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The node stays, and takes pods again if it did before. After the reason TERMINATED it may be half gone, and asking again
 * finishes it.
 *
 * @param retryable whether the same request may be sent again, under a new id
 * @param retryAfter how long to wait before that, see {@link RetryAfter}; absent if it may not be sent again
 * @param residue what could not be taken back, or was not finished
 * @param phases when each phase was reached, in order
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LeaveFailed(
        ClusterName cluster,
        NodeName nodeName,
        JoinId leaveId,
        ErrorCode reason,
        String detail,
        boolean retryable,
        @Nullable Duration retryAfter,
        List<String> residue,
        List<PhaseTime> phases)
        implements LifecycleEvent.Outcome {
    public LeaveFailed {
        residue = List.copyOf(residue);
        phases = List.copyOf(phases);
    }
}
