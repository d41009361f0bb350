package io.nodejoin.protocol.event;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.MachineId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.PoolName;
import org.jspecify.annotations.Nullable;

/** The data of a CloudEvent on one of Nodejoin's topics. The CloudEvent's {@code type} names the record type. */
public sealed interface LifecycleEvent {

    /** A request of a fleet autoscaler, on the requests topic. */
    sealed interface Request extends LifecycleEvent permits NodeRequest, MachineRequest {
        ClusterName cluster();

        @Nullable PoolName pool();

        /** Returns the record key, by which all requests for one node or machine are read in order. */
        String recordKey();
    }

    /** A request about a node. */
    sealed interface NodeRequest extends Request permits JoinRequested, JoinCancelRequested, LeaveRequested {
        NodeName nodeName();

        @Override
        default String recordKey() {
            return cluster() + "/" + nodeName();
        }
    }

    /** A request about a machine of a pool. */
    sealed interface MachineRequest extends Request permits MachineOffered, MachineWithdrawn {
        @Override
        PoolName pool();

        MachineId machine();

        @Override
        default String recordKey() {
            return cluster() + "/" + pool() + "/" + machine();
        }
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
