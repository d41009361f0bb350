package io.nodejoin.activities.kubernetes.store;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.nodejoin.activities.kubernetes.ManagedObjects;
import io.nodejoin.activities.kubernetes.PreconditionedDelete;
import io.nodejoin.protocol.NodeName;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stores entries of one kind as one ConfigMap per node, in the namespace nodejoin-system, where no node can write. */
public final class NodeConfigMapStore {
    private static final Logger LOG = LoggerFactory.getLogger(NodeConfigMapStore.class);

    private final KubernetesClient client;
    private final String prefix;
    private final Map<String, String> labels;

    /**
     * The entry of one node.
     *
     * @param configMap the ConfigMap as it was read
     */
    public record Entry(NodeName node, ConfigMap configMap) {
        /** Returns its data. */
        public Map<String, String> data() {
            return Objects.requireNonNullElse(configMap.getData(), Map.of());
        }

        /**
         * Returns the value of a key.
         *
         * @throws IllegalArgumentException if there is none
         */
        public String require(String key) {
            String value = data().get(key);
            if (value == null) {
                throw new IllegalArgumentException("it has no " + key);
            }
            return value;
        }
    }

    /**
     * Creates the store of one kind.
     *
     * @param prefix the name prefix of the ConfigMaps
     * @param inventory the label value of this kind
     */
    public NodeConfigMapStore(KubernetesClient client, String prefix, String inventory) {
        this.client = client;
        this.prefix = prefix;
        labels = Map.of(ManagedObjects.MANAGED_BY, ManagedObjects.MANAGER, "nodejoin.io/inventory", inventory);
    }

    /** Returns the ConfigMap's resource name, as used in the audit log and messages. */
    public static String resourceName(String prefix, NodeName node) {
        return "configmaps/" + ManagedObjects.NAMESPACE + "/" + prefix + node;
    }

    /** Returns the entry of this node, if there is one. */
    public Optional<Entry> get(NodeName node) {
        return Optional.ofNullable(resource(node).get()).map(configMap -> new Entry(node, configMap));
    }

    /** Returns every entry whose ConfigMap is named after a node. */
    public List<Entry> list() {
        return client.configMaps().inNamespace(ManagedObjects.NAMESPACE).withLabels(labels).list().getItems().stream()
                .flatMap(this::parseEntry)
                .toList();
    }

    /**
     * Creates the entry of a node.
     *
     * @param owners owner references: Kubernetes deletes the entry with its owners
     * @return false if the node has an entry, which is not changed
     */
    public boolean create(NodeName node, Map<String, String> data, OwnerReference... owners) {
        ConfigMap configMap = new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(ManagedObjects.NAMESPACE)
                .withName(prefix + node)
                .withLabels(labels)
                .withOwnerReferences(owners)
                .endMetadata()
                .withData(data)
                .build();
        try {
            client.resource(configMap).create();
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                return false;
            }
            throw e;
        }
    }

    /**
     * Replaces the data that was read.
     *
     * @return false if the entry was changed or deleted since
     */
    public boolean replaceIfUnchanged(Entry read, Map<String, String> data) {
        try {
            client.resource(new ConfigMapBuilder(read.configMap())
                            .withData(data)
                            .build())
                    .update();
            return true;
        } catch (KubernetesClientException e) {
            if (PreconditionedDelete.isConflictOrNotFound(e)) {
                return false;
            }
            throw e;
        }
    }

    /** Deletes the entry of a node. Idempotent. */
    public void delete(NodeName node) {
        resource(node).delete();
    }

    /**
     * Deletes the entry unless it has changed since it was read. Succeeds if it is absent.
     *
     * @return false if it has changed
     */
    public boolean deleteIfUnchanged(Entry read) {
        String path = "/api/v1/namespaces/" + ManagedObjects.NAMESPACE + "/configmaps/" + prefix + read.node();
        return PreconditionedDelete.deleteIfUnchanged(
                client, path, read.configMap().getMetadata());
    }

    private Resource<ConfigMap> resource(NodeName node) {
        return client.configMaps().inNamespace(ManagedObjects.NAMESPACE).withName(prefix + node);
    }

    private Stream<Entry> parseEntry(ConfigMap configMap) {
        String name = configMap.getMetadata().getName();
        try {
            return name.startsWith(prefix)
                    ? Stream.of(new Entry(new NodeName(name.substring(prefix.length())), configMap))
                    : Stream.empty();
        } catch (IllegalArgumentException invalidName) {
            LOG.warn("ConfigMap {} has no name of a node behind {}", name, prefix, invalidName);
            return Stream.empty();
        }
    }
}
