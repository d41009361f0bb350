package io.nodejoin.activities.kubernetes.node;

import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.NodeList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.activities.ActingRight;
import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.activities.kubernetes.ClusterClients;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.join.NodeJoinWorkflow;
import io.nodejoin.workflows.node.JoinedNode;
import io.nodejoin.workflows.node.NameHold;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is known of the nodes of one cluster beyond their joins: names that are held back, and Nodes that have been joined. */
public final class NodeRegister {
    private static final long PAGE = 500;

    private final ClusterClients clients;
    private final ClusterName cluster;
    private final AuditLog audit;
    private final ActingRight right;

    /** @param right on whose behalf entries are removed */
    public NodeRegister(ClusterClients clients, ClusterName cluster, AuditLog audit, ActingRight right) {
        this.clients = clients;
        this.cluster = cluster;
        this.audit = audit;
        this.right = right;
    }

    /** The names that are held back, those whose time is over included. */
    public List<NameHold> held() {
        return holds().all();
    }

    /** The UID that the Node of this name had when a join brought it to Ready last. */
    public Optional<String> joined(NodeRef node) {
        return joinedNodes().of(node).map(note -> note.joined().node().uid());
    }

    /** All that joins have brought to Ready and nobody has forgotten. */
    public List<NodeIdentity> joined() {
        return joinedNodes().all().stream().map(JoinedNode::node).toList();
    }

    /** The UID of each Node that the cluster has. */
    public Map<NodeRef, String> present() {
        Map<NodeRef, String> uids = new HashMap<>();
        @Nullable String next = null;
        do {
            NodeList page = client().nodes()
                    .list(new ListOptionsBuilder()
                            .withLimit(PAGE)
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

    /** Ends this hold, and none that was renewed since it was read. */
    public void release(NameHold hold) {
        before(hold.node(), "node.release", NameHolds.object(hold.node()));
        holds().strike(hold);
    }

    /** Ends the memory of this joined Node, and of none that was joined under its name since. */
    public void forget(NodeIdentity node) {
        before(node.node(), "node.forget", JoinedNodes.object(node.node()));
        joinedNodes().strike(node);
    }

    private NameHolds holds() {
        return new NameHolds(cluster, client());
    }

    private JoinedNodes joinedNodes() {
        return new JoinedNodes(cluster, client());
    }

    private void before(NodeRef node, String action, String object) {
        right.beforeEffect(new AuditEntry(cluster, NodeJoinWorkflow.id(cluster, node.node()), action, object), audit);
    }

    private KubernetesClient client() {
        return clients.client(cluster);
    }
}
