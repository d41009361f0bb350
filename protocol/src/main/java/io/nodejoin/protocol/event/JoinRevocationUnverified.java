package io.nodejoin.protocol.event;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.discovery.TokenId;
import java.time.Instant;

/**
 * The join has succeeded and its token is deleted, but the API server has not been seen to reject the token in time.
 *
 * @param revokedAt when the token was deleted
 */
public record JoinRevocationUnverified(
        ClusterName cluster, NodeName nodeName, JoinId joinId, TokenId tokenId, Instant revokedAt)
        implements LifecycleEvent.Outcome {}
