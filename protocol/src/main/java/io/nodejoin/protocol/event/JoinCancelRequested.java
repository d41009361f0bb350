package io.nodejoin.protocol.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import org.jspecify.annotations.Nullable;

/**
 * A fleet autoscaler no longer wants a node that it asked for before this event's time. Without a join of that node under way this is a
 * no-op, and so it is for one that was asked for later.
 *
 * @param cluster the cluster of the join
 * @param nodeName the node of the join
 * @param reason why, for people
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JoinCancelRequested(
        ClusterName cluster, NodeName nodeName, @Nullable String reason) implements LifecycleEvent.Request {}
