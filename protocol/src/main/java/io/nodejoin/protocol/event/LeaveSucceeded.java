package io.nodejoin.protocol.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.PoolName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The node has left its cluster.
 *
 * @param residue what could not be removed
 * @param phases time of each phase, in order
 * @param nodeUid the UID of the deleted Node; absent if there was none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LeaveSucceeded(
        ClusterName cluster,
        NodeName nodeName,
        JoinId leaveId,
        List<String> residue,
        List<PhaseTime> phases,
        @Nullable String nodeUid,
        @Nullable PoolName pool)
        implements LifecycleEvent.Outcome {
    public LeaveSucceeded {
        residue = List.copyOf(residue);
        phases = List.copyOf(phases);
    }

    @Override
    public JoinId joinId() {
        return leaveId;
    }
}
