package io.nodejoin.protocol.join;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import java.time.Instant;

/** A join reached its next phase. */
public record JoinPhaseChanged(ClusterName cluster, NodeName nodeName, JoinId joinId, Phase phase, Instant at)
        implements JoinEvent.Outcome {}
