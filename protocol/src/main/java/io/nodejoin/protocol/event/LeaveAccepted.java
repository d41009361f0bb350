package io.nodejoin.protocol.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.PoolName;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The request was admitted; exactly one of succeeded and failed follows.
 *
 * @param leaveId identifies the request, like a join id
 * @param deadline when draining ends
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LeaveAccepted(
        ClusterName cluster,
        NodeName nodeName,
        JoinId leaveId,
        Instant deadline,
        @Nullable PoolName pool) implements LifecycleEvent.Outcome {
    @Override
    public JoinId joinId() {
        return leaveId;
    }
}
