package io.nodejoin.workflows.lifecycle;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.event.LeaveRequested;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An admitted request that a node leave.
 *
 * @param joinId identifies the request, like a join id
 * @param generation the event's time; a later event for the same node has a higher one
 * @param spec the event's data
 * @param deadline when draining ends
 */
public record LeaveRequest(JoinId joinId, Instant generation, LeaveRequested spec, Instant deadline)
        implements NodeRequest {

    @Override
    public @Nullable PoolName pool() {
        return spec.pool();
    }

    @Override
    public boolean mayReplace(@Nullable PoolName other) {
        return spec.pool() == null || spec.pool().equals(other);
    }

    @Override
    public NodeRef node() {
        return new NodeRef(spec.cluster(), spec.nodeName());
    }
}
