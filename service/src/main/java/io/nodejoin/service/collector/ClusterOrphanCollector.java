package io.nodejoin.service.collector;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.activities.EffectGuard;
import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.activities.kubernetes.node.JoiningNode;
import io.nodejoin.activities.kubernetes.outbox.OutcomeOutbox;
import io.nodejoin.activities.kubernetes.outbox.PendingOutcome;
import io.nodejoin.activities.kubernetes.token.TokenLedger;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.service.worker.ClusterAdapters;
import io.nodejoin.workflows.csr.IssuedCertificates;
import io.nodejoin.workflows.event.EventActivities;
import io.nodejoin.workflows.event.OutcomeEvent;
import io.nodejoin.workflows.node.NameQuarantine;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeOwnership;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.node.NodeState;
import io.nodejoin.workflows.token.TokenRef;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Collects the orphans of a real cluster, with the adapters that joins use for their compensation. */
final class ClusterOrphanCollector implements OrphanCollector {
    private final ClusterName cluster;
    private final ClusterAdapters adapters;
    private final EventActivities events;
    private final AuditLog audit;
    private final EffectGuard guard;

    /** @param guard checked before each effect */
    ClusterOrphanCollector(
            ClusterName cluster, ClusterAdapters adapters, EventActivities events, AuditLog audit, EffectGuard guard) {
        this.cluster = cluster;
        this.adapters = adapters;
        this.events = events;
        this.audit = audit;
        this.guard = guard;
    }

    @Override
    public List<OrphanedJoin> listOrphans() {
        KubernetesClient client = adapters.clients().client(cluster);
        return OrphanedJoin.groupByJoin(
                new OutcomeOutbox(client).list(cluster),
                new TokenLedger(client).list(cluster),
                adapters.nodes().joiningNodes(cluster));
    }

    @Override
    public Instant now() {
        return adapters.nodes().serverTime(cluster);
    }

    @Override
    public boolean revokeToken(TokenLedger.Entry entry) {
        return adapters.tokens().revoke(entry, guard);
    }

    @Override
    public void removeSignature(TokenRef token) {
        adapters.tokens().removeSignature(token, guard);
    }

    @Override
    public void denyPendingCsrs(TokenRef token) {
        adapters.denial().denyPending(token, guard);
    }

    @Override
    public void removeCreatedNode(JoiningNode node) {
        adapters.nodes().deleteJoining(node, guard);
    }

    @Override
    public Optional<String> removeNode(OrphanedJoin orphan) {
        Optional<NodeState.Registered> seen = adapters.nodes().findNode(orphan.nodeRef());
        if (seen.isEmpty()) {
            return Optional.empty();
        }
        NodeState.Registered node = seen.get();
        if (adapters.nodes().isCreatedBy(new NodeIdentity(orphan.nodeRef(), node.uid()), orphan.joinId())
                || adapters.certificates().isNodeOfJoin(orphan.nodeRef(), node, orphan.joinId(), tokenIds(orphan))) {
            adapters.nodes().delete(new NodeIdentity(orphan.nodeRef(), node.uid()), guard);
            return Optional.empty();
        }
        return Optional.of("Node: " + orphan.node() + " exists since " + node.createdAt()
                + ", and nothing proves that this join created it (check it, and delete it if it is not needed)");
    }

    @Override
    public Optional<NameQuarantine> quarantineName(OrphanedJoin orphan) {
        NodeRef node = orphan.nodeRef();
        IssuedCertificates certificates =
                adapters.certificates().listIssued(cluster, orphan.joinId(), tokenIds(orphan));
        Optional<String> machine = certificates.otherKeyRequested() ? Optional.empty() : findMachineId(orphan);
        Optional<NameQuarantine> hold = certificates
                .lastNotAfter()
                .filter(until -> until.isAfter(now()))
                .map(until -> new NameQuarantine(node, orphan.joinId(), machine.orElse(null), until));
        hold.ifPresent(wanted -> adapters.nodes().quarantineName(wanted, guard));
        return hold;
    }

    @Override
    public Optional<String> findReadyNode(OrphanedJoin orphan) {
        return adapters.nodes().findOwner(orphan.nodeRef()) instanceof NodeOwnership.Managed ours
                        && ours.joinedNode().joinId().equals(orphan.joinId())
                ? Optional.of(ours.joinedNode().identity().uid())
                : Optional.empty();
    }

    @Override
    public Optional<NodeState.Registered> findNode(NodeRef node) {
        return adapters.nodes().findNode(node);
    }

    @Override
    public void uncordon(PendingOutcome pendingLeave) {
        adapters.drains().uncordon(new NodeRef(cluster, pendingLeave.node()), pendingLeave.joinId(), guard);
    }

    @Override
    public OutcomeEvent putOutcomeIfAbsent(PendingOutcome pending, OutcomeEvent outcome) {
        return outbox().putOutcomeIfAbsent(pending, outcome, () -> recordEffect(pending, "outcome.put"));
    }

    @Override
    public void publish(OutcomeEvent outcome) {
        guard.beforeEffect("event.publish");
        events.publish(List.of(outcome));
    }

    @Override
    public void putQueued(PendingOutcome pending, List<PendingOutcome> queued) {
        outbox().putQueued(pending, queued, next -> recordEffect(next, "outcome.put-pending"));
    }

    @Override
    public void deleteEntry(TokenLedger.Entry entry) {
        adapters.tokens().deleteLedgerEntry(entry, guard);
    }

    @Override
    public void deleteEntry(PendingOutcome pending) {
        recordEffect(pending, "outcome.delete");
        outbox().delete(pending);
    }

    private OutcomeOutbox outbox() {
        return new OutcomeOutbox(adapters.clients().client(cluster));
    }

    private void recordEffect(PendingOutcome pending, String action) {
        guard.recordEffect(
                new AuditEntry(cluster, pending.joinId().value(), action, OutcomeOutbox.resourceName(pending)), audit);
    }

    private Optional<String> findMachineId(OrphanedJoin orphan) {
        return orphan.tokens().stream()
                .map(TokenLedger.Entry::machineId)
                .filter(Objects::nonNull)
                .findFirst()
                .or(() -> adapters.nodes().findMachineId(orphan.nodeRef(), orphan.joinId()));
    }

    private static Set<TokenId> tokenIds(OrphanedJoin orphan) {
        return orphan.tokens().stream().map(entry -> entry.token().tokenId()).collect(Collectors.toSet());
    }
}
