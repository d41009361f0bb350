package io.nodejoin.activities.kubernetes.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.activities.kubernetes.store.ConfigMapStore;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.event.JoinRequested;
import io.nodejoin.workflows.node.JoinedNode;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.node.ResetMarker;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores which machine each joined Node is. A record outlives its Node for a while, so that another Node of the name is
 * detected.
 */
final class JoinedNodeStore {
    private static final Logger LOG = LoggerFactory.getLogger(JoinedNodeStore.class);
    private static final String PREFIX = "joined-";
    private static final String NODE_UID = "nodeUid";
    private static final String JOIN = "joinId";
    private static final String ENROLLMENT = "enrollment";
    private static final String PUBLIC_KEY = "publicKey";
    private static final String MACHINE = "machineId";
    private static final String SYSTEM = "systemUuid";
    private static final String REQUEST = "request";
    private static final String RESET_BY = "resetBy";
    private static final JsonMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final ClusterName cluster;
    private final ConfigMapStore store;

    JoinedNodeStore(ClusterName cluster, KubernetesClient client) {
        this.cluster = cluster;
        store = ConfigMapStore.ofNodes(client, PREFIX, "joined-nodes");
    }

    static String resourceName(NodeRef node) {
        return ConfigMapStore.resourceName(PREFIX, node.name().value());
    }

    /**
     * Returns the record of the Node of this name. A record that cannot be parsed is ignored: no machine is taken for
     * the node by it.
     */
    Optional<Entry> get(NodeRef node) {
        return store.find(node.name().value(), this::parseEntry);
    }

    /** Returns every record that can be parsed. */
    List<JoinedNode> list() {
        return store.list(entry -> parseEntry(entry).joined());
    }

    /** Creates the record. Returns false if the name has one. */
    boolean create(JoinedNode joined) {
        return store.create(joined.identity().ref().name().value(), data(joined));
    }

    /**
     * Writes the record in place of the one that the name has. No effect if it is the same.
     *
     * @param beforeWrite called right before the record is replaced, if it is
     */
    void replace(JoinedNode joined, Runnable beforeWrite) {
        String id = joined.identity().ref().name().value();
        Optional<ConfigMapStore.Entry> earlier = store.get(id);
        if (earlier.map(ConfigMapStore.Entry::data).filter(data(joined)::equals).isPresent()) {
            return;
        }
        beforeWrite.run();
        store.requireWritten(id, earlier.isPresent() && store.replaceIfUnchanged(earlier.get(), data(joined)));
    }

    private static Map<String, String> data(JoinedNode joined) {
        NodeIdentity node = joined.identity();
        Map<String, String> data = new HashMap<>(Map.of(
                NODE_UID, node.uid(),
                JOIN, joined.joinId().value(),
                ENROLLMENT, joined.enrollment(),
                PUBLIC_KEY, joined.publicKey(),
                MACHINE, joined.machineId()));
        if (joined.systemUuid() != null) {
            data.put(SYSTEM, joined.systemUuid());
        }
        if (joined.spec() != null) {
            data.put(REQUEST, toJson(joined.spec()));
        }
        return data;
    }

    /** Returns whether there is a record without a reset mark. */
    boolean lacksResetMark(NodeRef node) {
        return store.get(node.name().value())
                .filter(entry -> !entry.data().containsKey(RESET_BY))
                .isPresent();
    }

    /** Marks the record as reset by this join. */
    void markReset(ResetMarker mark) {
        store.get(mark.node().name().value()).ifPresent(entry -> {
            Map<String, String> data = new HashMap<>(entry.data());
            data.put(RESET_BY, mark.joinId().value());
            store.requireWritten(entry.id(), store.replaceIfUnchanged(entry, data));
        });
    }

    /** Deletes the record of the Node with this UID; keeps one of another Node of the name. */
    void delete(NodeIdentity node) {
        store.get(node.ref().name().value())
                .filter(entry -> node.uid().equals(entry.data().get(NODE_UID)))
                .ifPresent(entry -> store.requireWritten(entry.id(), store.deleteIfUnchanged(entry)));
    }

    private Entry parseEntry(ConfigMapStore.Entry entry) {
        NodeRef node = new NodeRef(cluster, new NodeName(entry.id()));
        JoinedNode joined = new JoinedNode(
                new NodeIdentity(node, entry.require(NODE_UID)),
                new JoinId(entry.require(JOIN)),
                entry.require(ENROLLMENT),
                entry.require(PUBLIC_KEY),
                entry.require(MACHINE),
                entry.data().get(SYSTEM),
                parseRequest(node, entry.data().get(REQUEST)));
        @Nullable String resetBy = entry.data().get(RESET_BY);
        return new Entry(joined, resetBy == null ? null : new JoinId(resetBy));
    }

    private static String toJson(JoinRequested wanted) {
        try {
            return JSON.writeValueAsString(wanted);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the request cannot be written as JSON", e);
        }
    }

    /** Ignores a request that cannot be parsed; the rest of the record identifies the machine. */
    private static @Nullable JoinRequested parseRequest(NodeRef node, @Nullable String text) {
        try {
            return text == null ? null : JSON.readValue(text, JoinRequested.class);
        } catch (JsonProcessingException invalid) {
            LOG.warn("the {} in {} cannot be read", REQUEST, resourceName(node), invalid);
            return null;
        }
    }

    /**
     * The record of a joined Node.
     *
     * @param resetBy the join that has reset its host since, or was about to
     */
    record Entry(JoinedNode joined, @Nullable JoinId resetBy) {}
}
