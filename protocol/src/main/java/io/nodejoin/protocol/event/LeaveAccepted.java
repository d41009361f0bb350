package io.nodejoin.protocol.event;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import java.time.Instant;

/**
 * The request was admitted; exactly one of succeeded and failed follows.
 *
 * @param leaveId identifies the request, like a join id
 * @param deadline when draining ends
 */
public record LeaveAccepted(ClusterName cluster, NodeName nodeName, JoinId leaveId, Instant deadline)
        implements LifecycleEvent.Outcome {
    @Override
    public JoinId joinId() {
        return leaveId;
    }
}
