package io.nodejoin.protocol.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.PoolName;
import org.jspecify.annotations.Nullable;

/**
 * A fleet autoscaler cancels the join of a node that it requested before this event's time. Answered by a
 * rejected event if no join of that node runs, or if the join was requested later.
 *
 * @param cluster the cluster of the join
 * @param nodeName the node of the join
 * @param reason why, for people
 * @param pool the pool that the request to cancel must name; absent means any
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JoinCancelRequested(
        ClusterName cluster,
        NodeName nodeName,
        @Nullable String reason,
        @Nullable PoolName pool) implements LifecycleEvent.NodeRequest {}
