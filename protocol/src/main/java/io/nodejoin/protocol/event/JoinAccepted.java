package io.nodejoin.protocol.event;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import java.time.Instant;

/**
 * A request was admitted; exactly one of succeeded, failed or cancelled follows, at the latest shortly after the
 * deadline.
 */
public record JoinAccepted(ClusterName cluster, NodeName nodeName, JoinId joinId, Instant deadline)
        implements LifecycleEvent.Outcome {}
