package io.nodejoin.activities.kubernetes.store;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.nodejoin.activities.kubernetes.GuardedDeletion;
import io.nodejoin.activities.kubernetes.OwnObjects;
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
public final class NodeNotes {
    private static final Logger LOG = LoggerFactory.getLogger(NodeNotes.class);

    private final KubernetesClient client;
    private final String prefix;
    private final Map<String, String> labels;

    /**
     * What is written of one node.
     *
     * @param entry as it was read
     */
    public record Note(NodeName node, ConfigMap entry) {
        /** Its members. */
        public Map<String, String> data() {
            return Objects.requireNonNullElse(entry.getData(), Map.of());
        }

        /**
         * One member.
         *
         * @throws IllegalArgumentException if it is not there
         */
        public String member(String key) {
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
    public NodeNotes(KubernetesClient client, String prefix, String inventory) {
        this.client = client;
        this.prefix = prefix;
        labels = Map.of(OwnObjects.MANAGED_BY, OwnObjects.MANAGER, "nodejoin.io/inventory", inventory);
    }

    /** How the audit log and texts name the ConfigMap of a node. */
    public static String object(String prefix, NodeName node) {
        return "configmaps/" + OwnObjects.NAMESPACE + "/" + prefix + node;
    }

    /** The note on this node, if there is one. */
    public Optional<Note> of(NodeName node) {
        return Optional.ofNullable(resource(node).get()).map(entry -> new Note(node, entry));
    }

    /** Every note whose ConfigMap has the name of a node. */
    public List<Note> all() {
        return client.configMaps().inNamespace(OwnObjects.NAMESPACE).withLabels(labels).list().getItems().stream()
                .flatMap(this::named)
                .toList();
    }

    /**
     * Writes the note on a node.
     *
     * @param owners whose end is the note's end
     * @return false if there is one of this node, which stays as it is
     */
    public boolean enter(NodeName node, Map<String, String> data, OwnerReference... owners) {
        ConfigMap entry = new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(OwnObjects.NAMESPACE)
                .withName(prefix + node)
                .withLabels(labels)
                .withOwnerReferences(owners)
                .endMetadata()
                .withData(data)
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

    /**
     * Writes these members in the place of those that were read.
     *
     * @return false if the note was changed or deleted since
     */
    public boolean replace(Note read, Map<String, String> data) {
        try {
            client.resource(new ConfigMapBuilder(read.entry()).withData(data).build())
                    .update();
            return true;
        } catch (KubernetesClientException e) {
            if (GuardedDeletion.isLost(e)) {
                return false;
            }
            throw e;
        }
    }

    /** Deletes the note on a node, whichever it is. The second call does nothing. */
    public void strike(NodeName node) {
        resource(node).delete();
    }

    /**
     * Deletes the note as it was read; absent counts as deleted.
     *
     * @return false if it was changed since
     */
    public boolean strike(Note read) {
        String path = "/api/v1/namespaces/" + OwnObjects.NAMESPACE + "/configmaps/" + prefix + read.node();
        return GuardedDeletion.deleteAsRead(client, path, read.entry().getMetadata());
    }

    private Resource<ConfigMap> resource(NodeName node) {
        return client.configMaps().inNamespace(OwnObjects.NAMESPACE).withName(prefix + node);
    }

    private Stream<Note> named(ConfigMap entry) {
        String name = entry.getMetadata().getName();
        try {
            return name.startsWith(prefix)
                    ? Stream.of(new Note(new NodeName(name.substring(prefix.length())), entry))
                    : Stream.empty();
        } catch (IllegalArgumentException nameless) {
            LOG.warn("ConfigMap {} has no name of a node behind {}", name, prefix, nameless);
            return Stream.empty();
        }
    }
}
