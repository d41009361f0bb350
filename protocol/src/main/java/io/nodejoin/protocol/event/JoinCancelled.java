package io.nodejoin.protocol.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.PoolName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The join was cancelled and compensated.
 *
 * @param detail who cancelled it and why, for people
 * @param reason whether it was cancelled on request or superseded by a newer request
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JoinCancelled(
        ClusterName cluster,
        NodeName nodeName,
        JoinId joinId,
        String detail,
        List<String> residue,
        List<PhaseTime> phases,
        @Nullable ErrorCode reason,
        @Nullable PoolName pool)
        implements LifecycleEvent.Outcome {
    public JoinCancelled {
        residue = List.copyOf(residue);
        phases = List.copyOf(phases);
    }
}
