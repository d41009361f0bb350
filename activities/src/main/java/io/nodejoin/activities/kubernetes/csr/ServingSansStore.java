package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.activities.kubernetes.store.ConfigMapStore;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.csr.AllowedServingSans;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Stores the SANs that each node may have. The Node owns its entry, so Kubernetes deletes it with the Node. */
final class ServingSansStore {
    private static final String PREFIX = "serving-";
    private static final String NODE = "node";
    private static final String NODE_UID = "nodeUid";
    private static final String JOIN = "joinId";
    private static final String ADDRESSES = "addresses";
    private static final String SEPARATOR = ",";

    private final ClusterName cluster;
    private final KubernetesClient client;
    private final ConfigMapStore store;

    ServingSansStore(ClusterName cluster, KubernetesClient client) {
        this.cluster = cluster;
        this.client = client;
        store = ConfigMapStore.ofNodes(client, PREFIX, "serving");
    }

    static String resourceName(AllowedServingSans sans) {
        return ConfigMapStore.resourceName(PREFIX, sans.nodeName().value());
    }

    /** Creates the entry. Returns false if the name has another one. */
    boolean create(AllowedServingSans sans) {
        String name = sans.nodeName().value();
        String uid = sans.node().uid();
        Map<String, String> data = Map.of(
                NODE,
                name,
                NODE_UID,
                uid,
                JOIN,
                sans.joinId().value(),
                ADDRESSES,
                String.join(SEPARATOR, sans.addresses()));
        boolean written = store.create(
                name,
                data,
                new OwnerReferenceBuilder()
                        .withApiVersion("v1")
                        .withKind("Node")
                        .withName(name)
                        .withUid(uid)
                        .build());
        return written || get(sans.nodeName()).filter(sans::equals).isPresent();
    }

    Optional<AllowedServingSans> get(NodeName node) {
        return store.find(node.value(), this::parseEntry);
    }

    List<AllowedServingSans> list() {
        return store.list(this::parseEntry);
    }

    void delete(NodeName node) {
        store.delete(node.value());
    }

    /** Returns the node of this entry, if it is still the Node that the join created. */
    Optional<ServingCsrPolicy.RegisteredNode> findNode(AllowedServingSans sans) {
        Node node = client.nodes().withName(sans.nodeName().value()).get();
        return Optional.ofNullable(node)
                .map(Node::getMetadata)
                .filter(found -> sans.node().uid().equals(found.getUid()))
                .map(found -> new ServingCsrPolicy.RegisteredNode(sans, Instant.parse(found.getCreationTimestamp())));
    }

    private AllowedServingSans parseEntry(ConfigMapStore.Entry entry) {
        AllowedServingSans sans = new AllowedServingSans(
                new NodeIdentity(new NodeRef(cluster, new NodeName(entry.require(NODE))), entry.require(NODE_UID)),
                new JoinId(entry.require(JOIN)),
                List.of(entry.require(ADDRESSES).split(SEPARATOR, -1)));
        ServingCsrPolicy.allowedNames(sans);
        if (!entry.id().equals(sans.nodeName().value())) {
            throw new IllegalArgumentException("it is of node " + sans.nodeName());
        }
        return sans;
    }
}
