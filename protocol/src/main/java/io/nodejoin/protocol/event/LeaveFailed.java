package io.nodejoin.protocol.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.PoolName;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The leave failed and the node stays; it is uncordoned if the leave had cordoned it. After the reason TERMINATED the
 * node may be partly removed, and a new request completes the leave.
 *
 * @param retryable whether the client may send the same request again, with a new id
 * @param retryAfter delay before the client sends it again, see {@link RetryAfter}; absent if it may not
 * @param residue what could not be compensated or completed
 * @param phases time of each phase, in order
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
        List<PhaseTime> phases,
        @Nullable PoolName pool)
        implements LifecycleEvent.Outcome {
    public LeaveFailed {
        residue = List.copyOf(residue);
        phases = List.copyOf(phases);
    }

    @Override
    public JoinId joinId() {
        return leaveId;
    }
}
