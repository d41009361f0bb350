package io.nodejoin.protocol.join;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import java.util.List;

/** The join was cancelled, and what it had done was taken back. */
public record JoinCancelled(
        ClusterName cluster,
        NodeName nodeName,
        JoinId joinId,
        String detail,
        List<String> residue,
        List<PhaseTime> phases)
        implements JoinEvent.Outcome {
    public JoinCancelled {
        residue = List.copyOf(residue);
        phases = List.copyOf(phases);
    }
}
