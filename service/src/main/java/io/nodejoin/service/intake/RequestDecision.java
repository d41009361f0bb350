package io.nodejoin.service.intake;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.lifecycle.AbortRequest;
import io.nodejoin.workflows.lifecycle.NodeRequest;
import org.jspecify.annotations.Nullable;

/** What a record of the requests topic asks for. */
public sealed interface RequestDecision {

    /**
     * Start this join or leave.
     *
     * @param sender what a rejection would tell of it
     */
    record Start(NodeRequest request, Rejection.Sender sender) implements RequestDecision {}

    /** Give up the join of this node, if one is under way. */
    record Cancel(ClusterName cluster, NodeName node, AbortRequest abort) implements RequestDecision {}

    /**
     * Nothing can be done with it.
     *
     * @param late the request, if nothing but its deadline is in the way: read in time before, it has its answer
     */
    record Reject(Rejection rejection, @Nullable NodeRequest late) implements RequestDecision {
        Reject(Rejection rejection) {
            this(rejection, null);
        }
    }
}
