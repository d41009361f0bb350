package io.nodejoin.activities.kubernetes.node;

import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.NodeList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.activities.EffectGuard;
import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.activities.kubernetes.ClusterClients;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import io.nodejoin.workflows.node.JoinedNode;
import io.nodejoin.workflows.node.NameQuarantine;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.node.NodeState;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The nodes of a real cluster. */
public final class NodeWatcher implements MonitoredNodes {
    private static final long PAGE_SIZE = 500;

    private final ClusterName cluster;
    private final ClusterClients clients;
    private final KubernetesNodeActivities nodes;
    private final Function<Set<NodeRef>, Map<NodeRef, Instant>> renewals;
    private final Supplier<Set<NodeRef>> joining;
    private final AuditLog audit;
    private final EffectGuard guard;

    /**
     * @param renewals see {@link #latestRenewals}
     * @param joining see {@link #nodesBeingJoined}
     * @param guard checked before a Node is deleted; other writes are preconditioned on what was read
     */
    public NodeWatcher(
            ClusterName cluster,
            ClusterClients clients,
            KubernetesNodeActivities nodes,
            Function<Set<NodeRef>, Map<NodeRef, Instant>> renewals,
            Supplier<Set<NodeRef>> joining,
            AuditLog audit,
            EffectGuard guard) {
        this.cluster = cluster;
        this.clients = clients;
        this.nodes = nodes;
        this.renewals = renewals;
        this.joining = joining;
        this.audit = audit;
        this.guard = guard;
    }

    @Override
    public List<NameQuarantine> quarantines() {
        return quarantineStore().list();
    }

    @Override
    public Map<NodeRef, Instant> latestRenewals(Set<NodeRef> of) {
        return renewals.apply(of);
    }

    @Override
    public void quarantine(NameQuarantine quarantine) {
        nodes.quarantineName(quarantine, _ -> {});
    }

    @Override
    public Set<NodeRef> nodesBeingJoined() {
        Set<NodeRef> all = new HashSet<>(joining.get());
        nodes.joiningNodes(cluster).forEach(node -> all.add(node.node().ref()));
        return all;
    }

    @Override
    public Optional<String> findJoinedUid(NodeRef node) {
        return joinedNodeStore().get(node).map(note -> note.joined().identity().uid());
    }

    @Override
    public List<NodeIdentity> joinedNodes() {
        return joinedNodeStore().list().stream().map(JoinedNode::identity).toList();
    }

    @Override
    public Optional<String> findUid(NodeRef node) {
        return nodes.findNode(node).map(NodeState.Registered::uid);
    }

    @Override
    public Map<NodeRef, String> listUids() {
        Map<NodeRef, String> uids = new HashMap<>();
        @Nullable String next = null;
        do {
            NodeList page = client().nodes()
                    .list(new ListOptionsBuilder()
                            .withLimit(PAGE_SIZE)
                            .withContinue(next)
                            .build());
            page.getItems()
                    .forEach(node -> uids.put(
                            new NodeRef(cluster, new NodeName(node.getMetadata().getName())),
                            node.getMetadata().getUid()));
            next = page.getMetadata().getContinue();
        } while (next != null && !next.isEmpty());
        return uids;
    }

    @Override
    public Instant now() {
        return nodes.serverTime(cluster);
    }

    @Override
    public void remove(NodeIdentity node) {
        nodes.delete(node, guard);
    }

    @Override
    public void releaseQuarantine(NameQuarantine quarantine) {
        recordEffect(quarantine.node(), "node.release-name", NameQuarantineStore.resourceName(quarantine.node()));
        quarantineStore().end(quarantine);
    }

    @Override
    public void deleteJoinedNode(NodeIdentity node) {
        recordEffect(node.ref(), "node.delete-record", JoinedNodeStore.resourceName(node.ref()));
        joinedNodeStore().delete(node);
    }

    private NameQuarantineStore quarantineStore() {
        return new NameQuarantineStore(cluster, client());
    }

    private JoinedNodeStore joinedNodeStore() {
        return new JoinedNodeStore(cluster, client());
    }

    private void recordEffect(NodeRef node, String action, String object) {
        audit.record(new AuditEntry(cluster, NodeJoinWorkflow.workflowId(cluster, node.name()), action, object));
    }

    private KubernetesClient client() {
        return clients.client(cluster);
    }
}
