package io.nodejoin.workflows.lifecycle;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.event.JoinRequested;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Instant;

/**
 * An admitted request.
 *
 * @param generation the event's time; a later event for the same node has a higher one
 * @param spec the event's data
 * @param deadline when the join fails unless it has succeeded
 */
public record JoinRequest(JoinId joinId, Instant generation, JoinRequested spec, Instant deadline, JoinPolicy policy)
        implements NodeRequest {

    @Override
    public NodeRef node() {
        return new NodeRef(spec.cluster(), spec.nodeName());
    }
}
