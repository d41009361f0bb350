package io.nodejoin.protocol.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A fleet autoscaler asks that a node that Nodejoin made leave its cluster: cordoned, drained, its host reset, its Node deleted.
 * Without a Node of that name there is nothing to do.
 *
 * @param cluster the cluster to leave
 * @param nodeName the node
 * @param deadline when draining ends; absent means the configured default
 * @param gracePeriodSeconds how long each pod may take to end; absent means what the pod says
 * @param force whether the node leaves with pods on it that could not be evicted by the deadline; absent means that it stays
 * @param hostGone whether the machine and its disk are gone, so that nobody waits for its agent; absent means that it is reset
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LeaveRequested(
        ClusterName cluster,
        NodeName nodeName,
        @Nullable Instant deadline,
        @Nullable Integer gracePeriodSeconds,
        @Nullable Boolean force,
        @Nullable Boolean hostGone)
        implements LifecycleEvent.Request {

    /** Whether pods that cannot be evicted keep the node no longer than the deadline. */
    public boolean leavesDespitePods() {
        return Boolean.TRUE.equals(force);
    }

    /** Whether there is no host to be reset. */
    public boolean skipsHostReset() {
        return Boolean.TRUE.equals(hostGone);
    }
}
