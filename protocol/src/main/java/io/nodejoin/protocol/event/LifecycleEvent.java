package io.nodejoin.protocol.event;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.PoolName;
import org.jspecify.annotations.Nullable;

/** The data of a CloudEvent on one of Nodejoin's topics. The CloudEvent's {@code type} names the record type. */
public sealed interface LifecycleEvent {

    /** A request of a fleet autoscaler, on the requests topic. */
    sealed interface Request extends LifecycleEvent permits JoinRequested, JoinCancelRequested, LeaveRequested {
        ClusterName cluster();

        NodeName nodeName();

        @Nullable PoolName pool();
    }

    /** An event that Nodejoin publishes, on the events topic. */
    sealed interface Outcome extends LifecycleEvent
            permits JoinAccepted,
                    JoinPhaseChanged,
                    JoinSucceeded,
                    JoinRevocationUnverified,
                    JoinFailed,
                    JoinCancelled,
                    JoinRejected,
                    LeaveAccepted,
                    LeaveSucceeded,
                    LeaveFailed {
        /** Returns the id of the join or leave; null for a rejected request, which has none. */
        default @Nullable JoinId joinId() {
            return null;
        }
    }
}
