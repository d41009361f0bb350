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

/**
 * What Nodejoin keeps of the nodes of one cluster, of one kind: a ConfigMap per node in the namespace of the ledger, which no
 * node can write.
 */
public final class NodeConfigMapStore {
    private static final Logger LOG = LoggerFactory.getLogger(NodeConfigMapStore.class);

    private final KubernetesClient client;
    private final String prefix;
    private final Map<String, String> labels;

    /**
     * What is written of one node.
     *
     * @param configMap as it was read
     */
    public record Entry(NodeName node, ConfigMap configMap) {
        /** Its members. */
        public Map<String, String> data() {
            return Objects.requireNonNullElse(configMap.getData(), Map.of());
        }

        /**
         * One member.
         *
         * @throws IllegalArgumentException if it is not there
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
     * Reads and writes one kind.
     *
     * @param prefix how the ConfigMaps' names begin
     * @param inventory the label that tells this kind from the others
     */
    public NodeConfigMapStore(KubernetesClient client, String prefix, String inventory) {
        this.client = client;
        this.prefix = prefix;
        labels = Map.of(ManagedObjects.MANAGED_BY, ManagedObjects.MANAGER, "nodejoin.io/inventory", inventory);
    }

    /** How the audit log and texts name the ConfigMap of a node. */
    public static String resourceName(String prefix, NodeName node) {
        return "configmaps/" + ManagedObjects.NAMESPACE + "/" + prefix + node;
    }

    /** The note on this node, if there is one. */
    public Optional<Entry> get(NodeName node) {
        return Optional.ofNullable(resource(node).get()).map(configMap -> new Entry(node, configMap));
    }

    /** Every note whose ConfigMap has the name of a node. */
    public List<Entry> list() {
        return client.configMaps().inNamespace(ManagedObjects.NAMESPACE).withLabels(labels).list().getItems().stream()
                .flatMap(this::parseEntry)
                .toList();
    }

    /**
     * Writes the note on a node.
     *
     * @param owners whose end is the note's end
     * @return false if there is one of this node, which stays as it is
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
     * Writes these members in the place of those that were read.
     *
     * @return false if the note was changed or deleted since
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

    /** Deletes the note on a node, whichever it is. The second call does nothing. */
    public void delete(NodeName node) {
        resource(node).delete();
    }

    /**
     * Deletes the note as it was read; absent counts as deleted.
     *
     * @return false if it was changed since
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
