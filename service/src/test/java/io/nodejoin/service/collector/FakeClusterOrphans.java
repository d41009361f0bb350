package io.nodejoin.service.collector;

import io.nodejoin.activities.WorkflowRun;
import io.nodejoin.activities.kubernetes.outbox.PendingOutcome;
import io.nodejoin.activities.kubernetes.token.TokenLedger;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.event.OutcomeEvent;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.node.NodeState;
import io.nodejoin.workflows.token.TokenRef;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The ledger, the outbox and the Nodes of a cluster, in memory. */
final class FakeClusterOrphans implements ClusterOrphans {
    static final ClusterName CLUSTER = new ClusterName("fra-1");
    static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");
    static final WorkflowRun RUN = new WorkflowRun("default", "run-1");
    static final Duration TOKEN_LIFETIME = Duration.ofMinutes(14);

    final List<TokenLedger.Entry> tokens = new ArrayList<>();
    final List<PendingOutcome> owed = new ArrayList<>();
    final Map<String, NodeState.Registered> nodes = new HashMap<>();
    /** The joins whose Nodes these are, by UID. */
    final Map<String, JoinId> creators = new HashMap<>();
    /** The joins that are recorded to have made their Nodes Ready. */
    final Set<JoinId> ready = new HashSet<>();

    Instant now = NOW;

    static JoinId joinId(String node) {
        return JoinId.of("test", node);
    }

    /** Adds a join of this node that has a token, and whose outcome is owed. */
    TokenLedger.Entry addJoin(String node, String token) {
        addAccepted(PendingOutcome.RequestKind.JOIN, node, null);
        return addToken(node, token);
    }

    TokenLedger.Entry addToken(String node, String token) {
        return addToken(node, token, 1);
    }

    /** Adds a token of this attempt. */
    TokenLedger.Entry addToken(String node, String token, int attempt) {
        TokenLedger.Entry entry = new TokenLedger.Entry(
                new TokenRef(CLUSTER, joinId(node), new TokenId(token)),
                new NodeName(node),
                "machine of " + node,
                attempt,
                "key of " + node,
                NOW.plus(TOKEN_LIFETIME),
                RUN,
                "uid-" + token);
        tokens.add(entry);
        return entry;
    }

    /** Adds a request of this node whose outcome is owed. */
    PendingOutcome addAccepted(PendingOutcome.RequestKind kind, String node, @Nullable OutcomeEvent refused) {
        PendingOutcome pending = pending(kind, node, refused);
        owed.add(pending);
        return pending;
    }

    static PendingOutcome pending(PendingOutcome.RequestKind kind, String node, @Nullable OutcomeEvent refused) {
        String accepted = "node-join/" + CLUSTER + "/" + node + "/" + RUN.runId() + "/Requested";
        return new PendingOutcome(
                kind, CLUSTER, new NodeName(node), joinId(node), accepted, NOW, RUN, "uid-" + node, null, refused);
    }

    /** Adds a Node that the join of this name has created. */
    void addNode(String node) {
        nodes.put(node, new NodeState.Registered("uid of " + node, NOW.minusSeconds(60)));
        creators.put("uid of " + node, joinId(node));
    }

    @Override
    public List<OrphanedJoin> list() {
        return OrphanedJoin.groupByJoin(List.copyOf(owed), List.copyOf(tokens), List.of());
    }

    @Override
    public Instant now() {
        return now;
    }

    @Override
    public Optional<NodeState.Registered> findNode(NodeRef node) {
        return Optional.ofNullable(nodes.get(node.name().value()));
    }

    @Override
    public boolean isNodeOf(OrphanedJoin orphan, NodeState.Registered node) {
        return orphan.joinId().equals(creators.get(node.uid()));
    }

    @Override
    public Optional<String> findReadyNode(OrphanedJoin orphan) {
        return ready.contains(orphan.joinId())
                ? findNode(orphan.nodeRef()).map(NodeState.Registered::uid)
                : Optional.empty();
    }

    @Override
    public Optional<String> findMachineId(OrphanedJoin orphan) {
        return ready.contains(orphan.joinId()) ? Optional.of("machine of " + orphan.node()) : Optional.empty();
    }

    @Override
    public void deleteExpiredToken(TokenLedger.Entry entry) {
        tokens.remove(entry);
    }

    @Override
    public void delete(PendingOutcome published) {
        owed.remove(published);
    }
}
