package io.nodejoin.activities.certificate;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nodejoin.activities.OwnObjects;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.certificate.ServingInventory;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import java.net.HttpURLConnection;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the nodes of one cluster may serve as: a ConfigMap per node in the namespace of the ledger, which no node can write.
 * The Node owns it, so Kubernetes deletes it after the Node.
 */
final class ServingEntries {
    private static final Logger LOG = LoggerFactory.getLogger(ServingEntries.class);
    private static final String PREFIX = "serving-";
    private static final Map<String, String> LABELS =
            Map.of(OwnObjects.MANAGED_BY, OwnObjects.MANAGER, "nodejoin.io/inventory", "serving");
    private static final String NODE = "node";
    private static final String NODE_UID = "nodeUid";
    private static final String JOIN = "joinId";
    private static final String ADDRESSES = "addresses";
    private static final String SEPARATOR = ",";

    private final ClusterName cluster;
    private final KubernetesClient client;

    ServingEntries(ClusterName cluster, KubernetesClient client) {
        this.cluster = cluster;
        this.client = client;
    }

    static String object(ServingInventory inventory) {
        return "configmaps/" + OwnObjects.NAMESPACE + "/" + PREFIX + inventory.name();
    }

    /** Writes the entry; false if there is another one of the name. */
    boolean enter(ServingInventory inventory) {
        try {
            client.resource(entry(inventory)).create();
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                return of(inventory.name()).filter(inventory::equals).isPresent();
            }
            throw e;
        }
    }

    Optional<ServingInventory> of(NodeName node) {
        return Optional.ofNullable(client.configMaps()
                        .inNamespace(OwnObjects.NAMESPACE)
                        .withName(PREFIX + node)
                        .get())
                .flatMap(this::inventory);
    }

    List<ServingInventory> all() {
        return client.configMaps().inNamespace(OwnObjects.NAMESPACE).withLabels(LABELS).list().getItems().stream()
                .map(this::inventory)
                .flatMap(Optional::stream)
                .toList();
    }

    void strike(NodeName node) {
        client.configMaps()
                .inNamespace(OwnObjects.NAMESPACE)
                .withName(PREFIX + node)
                .delete();
    }

    /** The node of this entry, if it is still the one that the join brought about. */
    Optional<ServingNode> alive(ServingInventory inventory) {
        Node node = client.nodes().withName(inventory.name().value()).get();
        return Optional.ofNullable(node)
                .map(Node::getMetadata)
                .filter(found -> inventory.node().uid().equals(found.getUid()))
                .map(found -> new ServingNode(inventory, Instant.parse(found.getCreationTimestamp())));
    }

    private static ConfigMap entry(ServingInventory inventory) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(OwnObjects.NAMESPACE)
                .withName(PREFIX + inventory.name())
                .withLabels(LABELS)
                .addNewOwnerReference()
                .withApiVersion("v1")
                .withKind("Node")
                .withName(inventory.name().value())
                .withUid(inventory.node().uid())
                .endOwnerReference()
                .endMetadata()
                .addToData(NODE, inventory.name().value())
                .addToData(NODE_UID, inventory.node().uid())
                .addToData(JOIN, inventory.joinId().value())
                .addToData(ADDRESSES, String.join(SEPARATOR, inventory.addresses()))
                .build();
    }

    /** What a person has spoilt is as good as absent: the other nodes go on. */
    private Optional<ServingInventory> inventory(ConfigMap entry) {
        String name = entry.getMetadata().getName();
        try {
            Map<String, String> data = entry.getData();
            ServingInventory inventory = new ServingInventory(
                    new NodeIdentity(new NodeRef(cluster, new NodeName(member(data, NODE))), member(data, NODE_UID)),
                    new JoinId(member(data, JOIN)),
                    List.of(member(data, ADDRESSES).split(SEPARATOR, -1)));
            ServingRules.names(inventory);
            return Optional.of(inventory)
                    .filter(read -> name.equals(PREFIX + read.name().value()));
        } catch (IllegalArgumentException unreadable) {
            LOG.warn("ConfigMap {} of {} is no entry of the serving inventory", name, cluster, unreadable);
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
