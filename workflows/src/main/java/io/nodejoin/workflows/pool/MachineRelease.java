package io.nodejoin.workflows.pool;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The node of a machine has left, or was never made.
 *
 * @param joinId the join that has the machine; absent means any of that node
 * @param node the node that the machine is bound to
 * @param residue what is left on the machine; empty if it was reset
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MachineRelease(@Nullable JoinId joinId, NodeName node, List<String> residue) {
    public MachineRelease {
        residue = List.copyOf(residue);
    }

    boolean isOf(Binding binding) {
        return binding.node().equals(node) && (joinId == null || joinId.equals(binding.joinId()));
    }
}
