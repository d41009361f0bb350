package io.nodejoin.activities.kubernetes.node;

import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.NodeList;
import io.fabric8.kubernetes.client.KubernetesClient;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Lists quarantined names and joined Nodes of one cluster, and deletes their records. */
public final class NodeWatcher {
    private static final long PAGE_SIZE = 500;

    private final ClusterClients clients;
    private final ClusterName cluster;
    private final AuditLog audit;

    public NodeWatcher(ClusterClients clients, ClusterName cluster, AuditLog audit) {
        this.clients = clients;
        this.cluster = cluster;
        this.audit = audit;
    }

    /** Returns the quarantined names, including expired quarantines. */
    public List<NameQuarantine> quarantines() {
        return quarantineStore().list();
    }

    /** Returns the UID of the recorded Node of this name. */
    public Optional<String> findJoinedUid(NodeRef node) {
        return joinedNodeStore().get(node).map(note -> note.joined().identity().uid());
    }

    /** Returns all recorded Nodes. */
    public List<NodeIdentity> joinedNodes() {
        return joinedNodeStore().list().stream().map(JoinedNode::identity).toList();
    }

    /** Returns the UID of each Node in the cluster. */
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

    /** Deletes this quarantine unless it has been renewed since it was read. */
    public void releaseQuarantine(NameQuarantine quarantine) {
        recordEffect(quarantine.node(), "node.release-name", NameQuarantineStore.resourceName(quarantine.node()));
        quarantineStore().deleteIfUnchanged(quarantine);
    }

    /** Deletes the record of this Node; keeps one of a Node that was joined under its name since. */
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
