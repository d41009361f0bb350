package io.nodejoin.service.collector;

import io.nodejoin.activities.WorkflowRun;
import io.nodejoin.activities.kubernetes.node.JoiningNode;
import io.nodejoin.activities.kubernetes.outbox.PendingOutcome;
import io.nodejoin.activities.kubernetes.token.TokenLedger;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.event.OutcomeEvent;
import io.nodejoin.workflows.node.CreatedNodeRef;
import io.nodejoin.workflows.node.NameQuarantine;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.node.NodeState;
import io.nodejoin.workflows.token.TokenRef;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A cluster in memory. Every act is an effect that can be cut short, before or after it happens. */
final class FakeOrphanCollector implements OrphanCollector {
    static final ClusterName CLUSTER = new ClusterName("fra-1");
    static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");
    static final WorkflowRun RUN = new WorkflowRun("default", "run-1");

    final List<TokenLedger.Entry> entries = new ArrayList<>();
    final Set<JoiningNode> createdNodes = new LinkedHashSet<>();
    final List<PendingOutcome> open = new ArrayList<>();
    final Set<TokenId> tokens = new HashSet<>();
    /** What the entries of the ledger hold. */
    final Map<PendingOutcome, OutcomeEvent> decided = new HashMap<>();

    private final Set<PendingOutcome> queueStored = new HashSet<>();
    final List<OutcomeEvent> told = new ArrayList<>();
    final List<String> acts = new ArrayList<>();
    final Map<String, NodeState.Registered> nodes = new HashMap<>();
    /** The UIDs of the Nodes that joins have brought to Ready. */
    final Map<JoinId, String> ready = new HashMap<>();
    /** The holds that the certificates of joins ask for, by node. */
    final Map<String, NameQuarantine> wanted = new HashMap<>();

    final Map<String, NameQuarantine> holds = new HashMap<>();
    /** Which leave has cordoned a node. */
    final Map<String, JoinId> cordons = new HashMap<>();

    private Instant now = NOW;
    private long nanos;
    Optional<String> node = Optional.empty();
    Effects effects = (_, effect) -> effect.run();
    final FreshnessGuard guard = new FreshnessGuard(this::nanoTime);

    /** What happens around an act. */
    @FunctionalInterface
    interface Effects {
        void run(String act, Runnable effect);
    }

    static JoinId joinId(String node) {
        return JoinId.of("test", node);
    }

    /** A join of this node that has a token, and whose outcome is owed. */
    TokenLedger.Entry join(String node, String token) {
        accepted(node);
        TokenLedger.Entry entry = new TokenLedger.Entry(
                new TokenRef(CLUSTER, joinId(node), new TokenId(token)),
                new NodeName(node),
                "machine of " + node,
                1,
                null,
                NOW.plusSeconds(840),
                RUN,
                "uid-" + token);
        entries.add(entry);
        tokens.add(entry.token().tokenId());
        return entry;
    }

    /** A Node that the join of this name has created, and that no machine has registered with. */
    JoiningNode created(String node) {
        NodeRef ref = new NodeRef(CLUSTER, new NodeName(node));
        JoiningNode created = new JoiningNode(
                new NodeIdentity(ref, "uid-of-" + node), new CreatedNodeRef(ref, joinId(node), 1), RUN, true);
        createdNodes.add(created);
        return created;
    }

    void accepted(String node) {
        open.add(open(PendingOutcome.RequestKind.JOIN, node));
    }

    /** A leave of this node that cordoned it, and whose outcome is owed. */
    PendingOutcome leaving(String node) {
        PendingOutcome pendingLeave = open(PendingOutcome.RequestKind.LEAVE, node);
        open.add(pendingLeave);
        nodes.put(node, new NodeState.Registered("uid-of-" + node, NOW.minusSeconds(3600)));
        cordons.put(node, pendingLeave.joinId());
        return pendingLeave;
    }

    static PendingOutcome open(PendingOutcome.RequestKind kind, String node) {
        String accepted = "node-join/" + CLUSTER + "/" + node + "/" + RUN.runId() + "/Requested";
        return new PendingOutcome(
                kind, CLUSTER, new NodeName(node), joinId(node), accepted, NOW, RUN, "uid-" + node, null, null);
    }

    /** Lets time pass, on the cluster's clock and on the monotonic one of whoever looks at it. */
    void pass(Duration time) {
        now = now.plus(time);
        nanos += time.toNanos();
    }

    long nanoTime() {
        return nanos;
    }

    @Override
    public List<OrphanedJoin> listOrphans() {
        return OrphanedJoin.groupByJoin(List.copyOf(open), List.copyOf(entries), List.copyOf(createdNodes));
    }

    @Override
    public Instant now() {
        return now;
    }

    @Override
    public boolean revokeToken(TokenLedger.Entry entry) {
        AtomicBoolean alive = new AtomicBoolean();
        act(
                "revoke " + entry.token().tokenId(),
                () -> alive.set(tokens.remove(entry.token().tokenId())));
        return alive.get();
    }

    @Override
    public void removeSignature(TokenRef token) {
        act("unsign " + token.tokenId(), () -> {});
    }

    @Override
    public void denyPendingCsrs(TokenRef token) {
        act("deny " + token.tokenId(), () -> {});
    }

    @Override
    public void removeCreatedNode(JoiningNode node) {
        act("created node " + node.ref().node().name(), () -> createdNodes.remove(node));
    }

    @Override
    public Optional<String> removeNode(OrphanedJoin orphan) {
        act("node " + orphan.node(), () -> {});
        return node;
    }

    @Override
    public Optional<NameQuarantine> quarantineName(OrphanedJoin orphan) {
        String node = orphan.node().value();
        Optional<NameQuarantine> hold = Optional.ofNullable(wanted.get(node));
        hold.ifPresent(certificate -> act("hold " + node, () -> holds.put(node, certificate)));
        return hold;
    }

    @Override
    public Optional<String> findReadyNode(OrphanedJoin orphan) {
        return Optional.ofNullable(ready.get(orphan.joinId()));
    }

    @Override
    public Optional<NodeState.Registered> findNode(NodeRef node) {
        return Optional.ofNullable(nodes.get(node.name().value()));
    }

    @Override
    public void uncordon(PendingOutcome pendingLeave) {
        String node = pendingLeave.node().value();
        if (pendingLeave.joinId().equals(cordons.get(node))) {
            act("uncordon " + node, () -> cordons.remove(node));
        }
    }

    @Override
    public OutcomeEvent putOutcomeIfAbsent(PendingOutcome pending, OutcomeEvent outcome) {
        requireUnchanged(open.contains(pending));
        if (!decided.containsKey(pending)) {
            act(
                    "decide " + pending.node(),
                    () -> requireUnchanged(open.contains(pending) && decided.putIfAbsent(pending, outcome) == null));
        }
        return Objects.requireNonNull(decided.get(pending));
    }

    @Override
    public void publish(OutcomeEvent outcome) {
        act("tell", () -> told.add(outcome));
    }

    @Override
    public void putQueued(PendingOutcome pending, List<PendingOutcome> queued) {
        if (!queueStored.contains(pending)) {
            queued.stream()
                    .filter(next -> !open.contains(next))
                    .forEach(next -> act("enter " + next.node(), () -> open.add(next)));
            queueStored.add(pending);
        }
    }

    @Override
    public void deleteEntry(TokenLedger.Entry entry) {
        act("forget " + entry.token().tokenId(), () -> entries.remove(entry));
    }

    @Override
    public void deleteEntry(PendingOutcome pending) {
        act("forget join " + pending.node(), () -> open.remove(pending));
    }

    /** The process of the garbage collector dies at this act, before its effect or after it. */
    void dieAt(int cut, boolean afterTheEffect) {
        AtomicInteger count = new AtomicInteger();
        effects = (_, effect) -> {
            boolean dies = count.getAndIncrement() == cut;
            if (!dies || afterTheEffect) {
                effect.run();
            }
            if (dies) {
                throw new Killed();
            }
        };
    }

    /** The API server is too busy for this act. */
    void failAt(String failing) {
        effects = (act, effect) -> {
            if (act.equals(failing)) {
                throw new IllegalStateException("the API server is busy");
            }
            effect.run();
        };
    }

    /** Another process does all that it begins. */
    void live() {
        effects = (_, effect) -> effect.run();
    }

    /** Nothing catches it, as nothing catches a kill. */
    static final class Killed extends Error {}

    /** As the API server refuses a write to an entry that has changed since it was read. */
    private static void requireUnchanged(boolean unchanged) {
        if (!unchanged) {
            throw new IllegalStateException("the entry has changed");
        }
    }

    private void act(String name, Runnable effect) {
        guard.beforeEffect(name);
        effects.run(name, () -> {
            acts.add(name);
            effect.run();
        });
    }
}
