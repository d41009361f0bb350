package io.nodejoin.protocol.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.PoolName;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A request was admitted; exactly one of succeeded, failed or cancelled follows, at the latest shortly after the
 * deadline.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JoinAccepted(
        ClusterName cluster,
        NodeName nodeName,
        JoinId joinId,
        Instant deadline,
        @Nullable PoolName pool) implements LifecycleEvent.Outcome {}
