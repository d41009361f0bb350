package io.nodejoin.service.intake;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.join.AbortRequest;
import io.nodejoin.workflows.join.NodeRequest;

/** What a record of the requests topic asks for. */
public sealed interface Verdict {

    /**
     * Start this join or leave.
     *
     * @param sender what a rejection would tell of it
     */
    record Start(NodeRequest request, Rejection.Sender sender) implements Verdict {}

    /** Give up the join of this node, if one is under way. */
    record Cancel(ClusterName cluster, NodeName node, AbortRequest abort) implements Verdict {}

    /** Nothing can be done with it. */
    record Reject(Rejection rejection) implements Verdict {}
}
