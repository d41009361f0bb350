package io.nodejoin.protocol.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.PoolName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The node is Ready under the requested identity, and its token is revoked.
 *
 * @param nodeUid the UID of the Node object
 * @param phases time of each phase, in order
 * @param alreadyJoined true if an earlier join of this machine had created the node and this one changed nothing; else
 *     absent
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JoinSucceeded(
        ClusterName cluster,
        NodeName nodeName,
        JoinId joinId,
        String nodeUid,
        List<PhaseTime> phases,
        @Nullable Boolean alreadyJoined,
        @Nullable PoolName pool)
        implements LifecycleEvent.Outcome {
    public JoinSucceeded {
        phases = List.copyOf(phases);
    }
}
