package io.nodejoin.service.collector;

import io.nodejoin.activities.EffectGuard;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.activities.kubernetes.node.NodeWatcher;
import io.nodejoin.activities.kubernetes.outbox.OutcomeOutbox;
import io.nodejoin.activities.kubernetes.outbox.PendingOutcome;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.service.worker.ClusterAdapters;
import io.nodejoin.workflows.node.NameQuarantine;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.node.NodeState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The nodes of a real cluster. */
final class ClusterMonitoredNodes implements MonitoredNodes {
    private final ClusterName cluster;
    private final ClusterAdapters adapters;
    private final NodeWatcher nodeWatcher;
    private final EffectGuard guard;

    /** @param guard checked before a Node is deleted; what the other methods write is preconditioned on what was read */
    ClusterMonitoredNodes(ClusterName cluster, ClusterAdapters adapters, AuditLog audit, EffectGuard guard) {
        this.cluster = cluster;
        this.adapters = adapters;
        this.nodeWatcher = new NodeWatcher(adapters.clients(), cluster, audit);
        this.guard = guard;
    }

    @Override
    public List<NameQuarantine> quarantines() {
        return nodeWatcher.quarantines();
    }

    @Override
    public Map<NodeRef, Instant> latestRenewals(Set<NodeRef> nodes) {
        return adapters.certificates().latestRenewals(cluster, nodes);
    }

    @Override
    public void quarantine(NameQuarantine quarantine) {
        adapters.nodes().quarantineName(quarantine, _ -> {});
    }

    @Override
    public Set<NodeRef> nodesBeingJoined() {
        return new OutcomeOutbox(adapters.clients().client(cluster))
                .list(cluster, PendingOutcome.RequestKind.JOIN).stream()
                        .map(pending -> new NodeRef(cluster, pending.node()))
                        .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public Optional<String> findJoinedUid(NodeRef node) {
        return nodeWatcher.findJoinedUid(node);
    }

    @Override
    public List<NodeIdentity> joinedNodes() {
        return nodeWatcher.joinedNodes();
    }

    @Override
    public Optional<String> findUid(NodeRef node) {
        return adapters.nodes().findNode(node).map(NodeState.Registered::uid);
    }

    @Override
    public Map<NodeRef, String> listUids() {
        return nodeWatcher.listUids();
    }

    @Override
    public Instant now() {
        return adapters.nodes().serverTime(cluster);
    }

    @Override
    public void remove(NodeIdentity node) {
        adapters.nodes().delete(node, guard);
    }

    @Override
    public void releaseQuarantine(NameQuarantine quarantine) {
        nodeWatcher.releaseQuarantine(quarantine);
    }

    @Override
    public void deleteJoinedNode(NodeIdentity node) {
        nodeWatcher.deleteJoinedNode(node);
    }
}
