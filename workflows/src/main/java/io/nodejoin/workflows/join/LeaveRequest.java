package io.nodejoin.workflows.join;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.join.LeaveRequested;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Instant;

/**
 * An admitted request that a node leave.
 *
 * @param joinId identifies the request, like a join id
 * @param generation the event's time; a later event for the same node has a higher one
 * @param wanted what was asked for
 * @param deadline when draining ends
 */
public record LeaveRequest(JoinId joinId, Instant generation, LeaveRequested wanted, Instant deadline)
        implements NodeRequest {

    @Override
    public NodeRef node() {
        return new NodeRef(wanted.cluster(), wanted.nodeName());
    }
}
