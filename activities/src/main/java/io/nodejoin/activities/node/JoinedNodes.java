package io.nodejoin.activities.node;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nodejoin.activities.OwnObjects;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The Nodes of one cluster that joins have brought to Ready, by UID. A kubelet may write what it likes into its own Node, but
 * not here.
 */
final class JoinedNodes {
    private static final String PREFIX = "joined-";
    private static final Map<String, String> LABELS =
            Map.of(OwnObjects.MANAGED_BY, OwnObjects.MANAGER, "nodejoin.io/inventory", "joined-nodes");
    private static final String UID = "nodeUid";

    private final KubernetesClient client;

    JoinedNodes(KubernetesClient client) {
        this.client = client;
    }

    static String object(NodeRef node) {
        return "configmaps/" + OwnObjects.NAMESPACE + "/" + PREFIX + node.node();
    }

    /** The UID that the Node of this name had when it was joined last. */
    Optional<String> uid(NodeRef node) {
        return Optional.ofNullable(client.configMaps()
                        .inNamespace(OwnObjects.NAMESPACE)
                        .withName(PREFIX + node.node())
                        .get())
                .flatMap(JoinedNodes::uid);
    }

    /** Writes the entry; false if there is another one of the name. */
    boolean enter(NodeIdentity node) {
        ConfigMap entry = new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(OwnObjects.NAMESPACE)
                .withName(PREFIX + node.node().node())
                .withLabels(LABELS)
                .endMetadata()
                .addToData(UID, node.uid())
                .build();
        try {
            client.resource(entry).create();
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                return false;
            }
            throw e;
        }
    }

    /** Every entry that can be read. */
    List<NodeIdentity> all(ClusterName cluster) {
        return client.configMaps().inNamespace(OwnObjects.NAMESPACE).withLabels(LABELS).list().getItems().stream()
                .flatMap(entry -> identity(cluster, entry).stream())
                .toList();
    }

    void strike(NodeRef node) {
        client.configMaps()
                .inNamespace(OwnObjects.NAMESPACE)
                .withName(PREFIX + node.node())
                .delete();
    }

    private static Optional<NodeIdentity> identity(ClusterName cluster, ConfigMap entry) {
        String name = entry.getMetadata().getName();
        return uid(entry)
                .filter(_ -> name.startsWith(PREFIX))
                .map(uid -> new NodeIdentity(new NodeRef(cluster, new NodeName(name.substring(PREFIX.length()))), uid));
    }

    private static Optional<String> uid(ConfigMap entry) {
        return Optional.ofNullable(entry.getData()).map(data -> data.get(UID));
    }
}
