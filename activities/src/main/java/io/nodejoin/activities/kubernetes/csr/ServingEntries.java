package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.activities.kubernetes.store.NodeNotes;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.certificate.ServingInventory;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the nodes of one cluster may serve as. The Node owns its entry, so Kubernetes deletes it after the Node. */
final class ServingEntries {
    private static final Logger LOG = LoggerFactory.getLogger(ServingEntries.class);
    private static final String PREFIX = "serving-";
    private static final String NODE = "node";
    private static final String NODE_UID = "nodeUid";
    private static final String JOIN = "joinId";
    private static final String ADDRESSES = "addresses";
    private static final String SEPARATOR = ",";

    private final ClusterName cluster;
    private final KubernetesClient client;
    private final NodeNotes notes;

    ServingEntries(ClusterName cluster, KubernetesClient client) {
        this.cluster = cluster;
        this.client = client;
        notes = new NodeNotes(client, PREFIX, "serving");
    }

    static String object(ServingInventory inventory) {
        return NodeNotes.object(PREFIX, inventory.name());
    }

    /** Writes the entry; false if there is another one of the name. */
    boolean enter(ServingInventory inventory) {
        String name = inventory.name().value();
        String uid = inventory.node().uid();
        Map<String, String> data = Map.of(
                NODE,
                name,
                NODE_UID,
                uid,
                JOIN,
                inventory.joinId().value(),
                ADDRESSES,
                String.join(SEPARATOR, inventory.addresses()));
        boolean written = notes.enter(
                inventory.name(),
                data,
                new OwnerReferenceBuilder()
                        .withApiVersion("v1")
                        .withKind("Node")
                        .withName(name)
                        .withUid(uid)
                        .build());
        return written || of(inventory.name()).filter(inventory::equals).isPresent();
    }

    Optional<ServingInventory> of(NodeName node) {
        return notes.of(node).flatMap(this::inventory);
    }

    List<ServingInventory> all() {
        return notes.all().stream().flatMap(note -> inventory(note).stream()).toList();
    }

    void strike(NodeName node) {
        notes.strike(node);
    }

    /** The node of this entry, if it is still the one that the join brought about. */
    Optional<ServingNode> alive(ServingInventory inventory) {
        Node node = client.nodes().withName(inventory.name().value()).get();
        return Optional.ofNullable(node)
                .map(Node::getMetadata)
                .filter(found -> inventory.node().uid().equals(found.getUid()))
                .map(found -> new ServingNode(inventory, Instant.parse(found.getCreationTimestamp())));
    }

    /** What a person has spoilt is as good as absent: the other nodes go on. */
    private Optional<ServingInventory> inventory(NodeNotes.Note note) {
        try {
            ServingInventory inventory = new ServingInventory(
                    new NodeIdentity(new NodeRef(cluster, new NodeName(note.member(NODE))), note.member(NODE_UID)),
                    new JoinId(note.member(JOIN)),
                    List.of(note.member(ADDRESSES).split(SEPARATOR, -1)));
            ServingRules.names(inventory);
            return Optional.of(inventory).filter(read -> note.node().equals(read.name()));
        } catch (IllegalArgumentException unreadable) {
            LOG.warn(
                    "{} of {} is no entry of the serving inventory",
                    NodeNotes.object(PREFIX, note.node()),
                    cluster,
                    unreadable);
            return Optional.empty();
        }
    }
}
