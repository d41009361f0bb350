package io.nodejoin.activities.node;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nodejoin.activities.OwnObjects;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.node.JoinedNode;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which machine each Node of one cluster was made of: a ConfigMap per node in the namespace of the ledger, which no node can
 * write. It outlives the Node for a while, so that another Node of the name can be told from the joined one.
 */
final class JoinedNodes {
    private static final Logger LOG = LoggerFactory.getLogger(JoinedNodes.class);
    private static final String PREFIX = "joined-";
    private static final Map<String, String> LABELS =
            Map.of(OwnObjects.MANAGED_BY, OwnObjects.MANAGER, "nodejoin.io/inventory", "joined-nodes");
    private static final String NODE_UID = "nodeUid";
    private static final String JOIN = "joinId";
    private static final String ENROLLMENT = "enrollment";
    private static final String PUBLIC_KEY = "publicKey";
    private static final String MACHINE = "machineId";
    private static final String SYSTEM = "systemUuid";

    private final KubernetesClient client;

    JoinedNodes(KubernetesClient client) {
        this.client = client;
    }

    static String object(NodeRef node) {
        return "configmaps/" + OwnObjects.NAMESPACE + "/" + PREFIX + node.node();
    }

    /** The note on the Node of this name. What a person has spoilt is as good as absent: nobody is taken for a node by it. */
    Optional<JoinedNode> of(NodeRef node) {
        ConfigMap entry = client.configMaps()
                .inNamespace(OwnObjects.NAMESPACE)
                .withName(PREFIX + node.node())
                .get();
        return Optional.ofNullable(entry).flatMap(found -> joined(node, found));
    }

    /** Every note that can be read. */
    List<JoinedNode> all(ClusterName cluster) {
        return client.configMaps().inNamespace(OwnObjects.NAMESPACE).withLabels(LABELS).list().getItems().stream()
                .flatMap(entry -> named(cluster, entry).stream())
                .toList();
    }

    /** Writes the note; false if there is one of the name. */
    boolean enter(JoinedNode joined) {
        NodeIdentity node = joined.node();
        ConfigMapBuilder entry = new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(OwnObjects.NAMESPACE)
                .withName(PREFIX + node.node().node())
                .withLabels(LABELS)
                .endMetadata()
                .addToData(NODE_UID, node.uid())
                .addToData(JOIN, joined.joinId().value())
                .addToData(ENROLLMENT, joined.enrollment())
                .addToData(PUBLIC_KEY, joined.publicKey())
                .addToData(MACHINE, joined.machineId());
        if (joined.systemUuid() != null) {
            entry.addToData(SYSTEM, joined.systemUuid());
        }
        try {
            client.resource(entry.build()).create();
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                return false;
            }
            throw e;
        }
    }

    void strike(NodeRef node) {
        client.configMaps()
                .inNamespace(OwnObjects.NAMESPACE)
                .withName(PREFIX + node.node())
                .delete();
    }

    private static Optional<JoinedNode> named(ClusterName cluster, ConfigMap entry) {
        String name = entry.getMetadata().getName();
        return name.startsWith(PREFIX)
                ? joined(new NodeRef(cluster, new NodeName(name.substring(PREFIX.length()))), entry)
                : Optional.empty();
    }

    private static Optional<JoinedNode> joined(NodeRef node, ConfigMap entry) {
        try {
            Map<String, String> data = entry.getData();
            return Optional.of(new JoinedNode(
                    new NodeIdentity(node, member(data, NODE_UID)),
                    new JoinId(member(data, JOIN)),
                    member(data, ENROLLMENT),
                    member(data, PUBLIC_KEY),
                    member(data, MACHINE),
                    data.get(SYSTEM)));
        } catch (IllegalArgumentException unreadable) {
            LOG.warn("{} of {} cannot be read", object(node), node.cluster(), unreadable);
            return Optional.empty();
        }
    }

    private static String member(@Nullable Map<String, String> data, String key) {
        String value = data == null ? null : data.get(key);
        if (value == null) {
            throw new IllegalArgumentException("it has no " + key);
        }
        return value;
    }
}
