package io.nodejoin.protocol.join;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import java.util.List;

/**
 * The node is Ready under the requested identity and its token is worth nothing any more.
 *
 * @param nodeUid the UID of the Node object
 * @param phases when each phase was reached, in order
 */
public record JoinSucceeded(
        ClusterName cluster, NodeName nodeName, JoinId joinId, String nodeUid, List<PhaseTime> phases)
        implements JoinEvent.Outcome {
    public JoinSucceeded {
        phases = List.copyOf(phases);
    }
}
