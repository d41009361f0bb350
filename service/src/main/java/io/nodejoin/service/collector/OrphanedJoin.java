package io.nodejoin.service.collector;

import io.nodejoin.activities.WorkflowRun;
import io.nodejoin.activities.kubernetes.node.JoiningNode;
import io.nodejoin.activities.kubernetes.outbox.PendingOutcome;
import io.nodejoin.activities.kubernetes.token.TokenLedger;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.node.CreatedNodeRef;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.token.TokenRef;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The token ledger and outbox entries of one join or leave.
 *
 * @param tokens tokens that may exist
 * @param pending the pending outcome, if there is one
 */
record OrphanedJoin(
        ClusterName cluster,
        NodeName node,
        JoinId joinId,
        WorkflowRun run,
        List<TokenLedger.Entry> tokens,
        @Nullable PendingOutcome pending) {
    OrphanedJoin {
        tokens = List.copyOf(tokens);
    }

    /** Groups entries, and Nodes that joins have created, by join. */
    static List<OrphanedJoin> groupByJoin(
            List<PendingOutcome> open, List<TokenLedger.Entry> tokens, List<JoiningNode> nodes) {
        Map<JoinId, OrphanedJoin> joins = new LinkedHashMap<>();
        for (PendingOutcome pending : open) {
            joins.put(
                    pending.joinId(),
                    new OrphanedJoin(
                            pending.cluster(), pending.node(), pending.joinId(), pending.run(), List.of(), pending));
        }
        for (TokenLedger.Entry entry : tokens) {
            TokenRef token = entry.token();
            joins.merge(
                    token.joinId(),
                    new OrphanedJoin(token.cluster(), entry.node(), token.joinId(), entry.run(), List.of(entry), null),
                    OrphanedJoin::with);
        }
        for (JoiningNode node : nodes) {
            CreatedNodeRef ref = node.ref();
            joins.merge(
                    ref.joinId(),
                    new OrphanedJoin(
                            ref.node().cluster(), ref.node().name(), ref.joinId(), node.run(), List.of(), null),
                    OrphanedJoin::with);
        }
        return List.copyOf(joins.values());
    }

    NodeRef nodeRef() {
        return new NodeRef(cluster, node);
    }

    List<TokenId> tokenIds() {
        return tokens.stream().map(entry -> entry.token().tokenId()).toList();
    }

    boolean isLeave() {
        return pending != null && pending.kind() == PendingOutcome.RequestKind.LEAVE;
    }

    private OrphanedJoin with(OrphanedJoin more) {
        List<TokenLedger.Entry> all = new ArrayList<>(tokens);
        all.addAll(more.tokens);
        return new OrphanedJoin(cluster, node, joinId, run, all, pending);
    }
}
