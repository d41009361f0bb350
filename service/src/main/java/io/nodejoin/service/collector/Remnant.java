package io.nodejoin.service.collector;

import io.nodejoin.activities.WorkflowRun;
import io.nodejoin.activities.kubernetes.outbox.OpenJoin;
import io.nodejoin.activities.kubernetes.token.LedgerEntry;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.token.TokenRef;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that the ledger of one cluster holds of one join or leave.
 *
 * @param tokens that may be alive
 * @param open the outcome that is owed, if one is
 */
record Remnant(
        ClusterName cluster,
        NodeName node,
        JoinId joinId,
        WorkflowRun run,
        List<LedgerEntry> tokens,
        @Nullable OpenJoin open) {
    Remnant {
        tokens = List.copyOf(tokens);
    }

    /** Puts together what belongs to the same join. */
    static List<Remnant> of(List<OpenJoin> open, List<LedgerEntry> tokens) {
        Map<JoinId, Remnant> joins = new LinkedHashMap<>();
        for (OpenJoin join : open) {
            joins.put(
                    join.joinId(),
                    new Remnant(join.cluster(), join.node(), join.joinId(), join.run(), List.of(), join));
        }
        for (LedgerEntry entry : tokens) {
            TokenRef token = entry.token();
            joins.merge(
                    token.joinId(),
                    new Remnant(token.cluster(), entry.node(), token.joinId(), entry.run(), List.of(entry), null),
                    Remnant::with);
        }
        return List.copyOf(joins.values());
    }

    NodeRef nodeRef() {
        return new NodeRef(cluster, node);
    }

    boolean isLeave() {
        return open != null && open.way() == OpenJoin.Way.OUT;
    }

    private Remnant with(Remnant more) {
        List<LedgerEntry> all = new ArrayList<>(tokens);
        all.addAll(more.tokens);
        return new Remnant(cluster, node, joinId, run, all, open);
    }
}
