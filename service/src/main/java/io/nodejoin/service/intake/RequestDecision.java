package io.nodejoin.service.intake;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.workflows.lifecycle.AbortRequest;
import io.nodejoin.workflows.lifecycle.NodeRequest;
import org.jspecify.annotations.Nullable;

/** The decision on a record of the requests topic. */
public sealed interface RequestDecision {

    /**
     * Start this join or leave.
     *
     * @param sender what a rejection would report
     */
    record Start(NodeRequest request, Rejection.Sender sender) implements RequestDecision {}

    /**
     * Abort the join of this node, if one runs.
     *
     * @param sender what the answer reports if there is nothing to abort
     */
    record Cancel(ClusterName cluster, NodeName node, AbortRequest abort, Rejection.Sender sender)
            implements RequestDecision {}

    /**
     * Tell a pool of a machine.
     *
     * @param sender what a rejection would report
     */
    record Tell(LifecycleEvent.MachineRequest request, Rejection.Sender sender) implements RequestDecision {}

    /**
     * Reject the record.
     *
     * @param late the request, if it is only past its deadline: if an earlier delivery was in time, it has been
     *     processed
     */
    record Reject(Rejection rejection, @Nullable NodeRequest late) implements RequestDecision {
        Reject(Rejection rejection) {
            this(rejection, null);
        }
    }
}
