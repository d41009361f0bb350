package io.nodejoin.protocol.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.PoolName;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A fleet autoscaler requests that a node that Nodejoin joined leave its cluster: cordoned, drained, its host reset,
 * its Node deleted. Succeeds without an effect if there is no Node of that name.
 *
 * @param cluster the cluster to leave
 * @param nodeName the node
 * @param deadline when draining ends; absent means the configured default
 * @param gracePeriodSeconds the termination grace period of each pod; absent means the pod's own
 * @param force whether the node leaves even with pods that could not be evicted by the deadline; absent means that it
 *     stays
 * @param hostGone whether the machine and its disk no longer exist, so that the leave does not wait for the agent;
 *     absent means that the host is reset
 * @param pool the pool that the join of the node must have named; absent means any
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LeaveRequested(
        ClusterName cluster,
        NodeName nodeName,
        @Nullable Instant deadline,
        @Nullable Integer gracePeriodSeconds,
        @Nullable Boolean force,
        @Nullable Boolean hostGone,
        @Nullable PoolName pool)
        implements LifecycleEvent.NodeRequest {

    /** Returns whether the node leaves at the deadline even if pods remain. */
    public boolean leavesDespitePods() {
        return Boolean.TRUE.equals(force);
    }

    /** Returns whether the host no longer exists, so that its reset is skipped. */
    public boolean skipsHostReset() {
        return Boolean.TRUE.equals(hostGone);
    }
}
