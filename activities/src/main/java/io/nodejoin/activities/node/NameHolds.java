package io.nodejoin.activities.node;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nodejoin.activities.OwnObjects;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.node.NameHold;
import io.nodejoin.workflows.node.NodeRef;
import java.net.HttpURLConnection;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The names of one cluster that are held back, beside its ledger: who restores the one restores the other. */
final class NameHolds {
    private static final Logger LOG = LoggerFactory.getLogger(NameHolds.class);
    private static final String PREFIX = "held-";
    private static final Map<String, String> LABELS =
            Map.of(OwnObjects.MANAGED_BY, OwnObjects.MANAGER, "nodejoin.io/inventory", "held-names");
    private static final String JOIN = "joinId";
    private static final String MACHINE = "machineId";
    private static final String UNTIL = "until";

    private final KubernetesClient client;

    NameHolds(KubernetesClient client) {
        this.client = client;
    }

    static String object(NodeRef node) {
        return "configmaps/" + OwnObjects.NAMESPACE + "/" + PREFIX + node.node();
    }

    /** An entry that a person has spoilt keeps the name from everybody: it was written for a reason. */
    Optional<NameHold> of(NodeRef node) {
        ConfigMap entry = client.configMaps()
                .inNamespace(OwnObjects.NAMESPACE)
                .withName(PREFIX + node.node())
                .get();
        return Optional.ofNullable(entry).map(found -> hold(node, found));
    }

    /** Every entry that can be read; one that cannot keeps its name from joins all the same. */
    List<NameHold> all(ClusterName cluster) {
        return client.configMaps().inNamespace(OwnObjects.NAMESPACE).withLabels(LABELS).list().getItems().stream()
                .flatMap(entry -> readable(cluster, entry).stream())
                .toList();
    }

    /** Writes the entry; false if there is another one of the name. */
    boolean enter(NameHold hold) {
        ConfigMapBuilder entry = new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(OwnObjects.NAMESPACE)
                .withName(PREFIX + hold.node().node())
                .withLabels(LABELS)
                .endMetadata()
                .addToData(JOIN, hold.joinId().value())
                .addToData(UNTIL, hold.until().toString());
        if (hold.machineId() != null) {
            entry.addToData(MACHINE, hold.machineId());
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

    private static Optional<NameHold> readable(ClusterName cluster, ConfigMap entry) {
        String name = entry.getMetadata().getName();
        try {
            return Optional.of(read(new NodeRef(cluster, new NodeName(name.substring(PREFIX.length()))), entry));
        } catch (IndexOutOfBoundsException | IllegalArgumentException | DateTimeParseException e) {
            LOG.warn("ConfigMap {} of {} is no held name", name, cluster, e);
            return Optional.empty();
        }
    }

    private static NameHold read(NodeRef node, ConfigMap entry) {
        Map<String, String> data = Objects.requireNonNullElse(entry.getData(), Map.of());
        return new NameHold(
                node,
                new JoinId(data.getOrDefault(JOIN, "")),
                data.get(MACHINE),
                Instant.parse(data.getOrDefault(UNTIL, "")));
    }

    private static NameHold hold(NodeRef node, ConfigMap entry) {
        try {
            return read(node, entry);
        } catch (IllegalArgumentException | DateTimeParseException e) {
            throw Failures.of(
                    FailureType.FORBIDDEN,
                    new Problem(ErrorCode.NODE_QUARANTINED, object(node) + " of the cluster cannot be read"));
        }
    }
}
