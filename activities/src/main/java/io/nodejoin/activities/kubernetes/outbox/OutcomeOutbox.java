package io.nodejoin.activities.kubernetes.outbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.activities.WorkflowRun;
import io.nodejoin.activities.kubernetes.store.ConfigMapStore;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.workflows.event.OutcomeEvent;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.temporal.DataConverters;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pending outcomes of one cluster's joins and leaves, as ConfigMaps: they survive the loss of Temporal's database.
 */
public final class OutcomeOutbox {
    private static final Logger LOG = LoggerFactory.getLogger(OutcomeOutbox.class);
    private static final ObjectMapper JSON = DataConverters.objectMapper();
    private static final String NODE = "node";
    private static final String POOL = "pool";
    private static final String ACCEPTED_ID = "acceptedId";
    private static final String ACCEPTED_AT = "acceptedAt";
    private static final String REFUSED = "refused";

    private final KubernetesClient client;

    public OutcomeOutbox(KubernetesClient client) {
        this.client = client;
    }

    /** Returns the entry's resource name in audit entries. */
    public static String resourceName(PendingOutcome pending) {
        return ConfigMapStore.resourceName(
                pending.kind().prefix(), pending.joinId().value());
    }

    /**
     * An accepted join or leave.
     *
     * @param pool the pool that the request names; null if it names none
     */
    record Request(
            PendingOutcome.RequestKind kind,
            JoinId joinId,
            @Nullable PoolName pool) {
        @Override
        public String toString() {
            return kind.prefix() + joinId;
        }
    }

    /** Writes the entry. Replaces an entry of the same join: the outcome is then owed by the new run. */
    void put(Request request, OutcomeEvent accepted, WorkflowRun run) {
        put(request, run, data(new NodeName(accepted.node()), request.pool(), accepted.id(), accepted.time()));
    }

    /** Writes an entry with the outcome that the run could not publish: the garbage collector owes it. Replaces an earlier entry. */
    void putRefused(Request request, OutcomeEvent outcome, WorkflowRun run) {
        Map<String, String> data = data(new NodeName(outcome.node()), request.pool(), outcome.id(), outcome.time());
        data.put(REFUSED, JSON.valueToTree(outcome).toString());
        put(request, run, data);
    }

    private void put(Request request, WorkflowRun run, Map<String, String> data) {
        ConfigMapStore store = store(request.kind());
        String id = request.joinId().value();
        if (store.create(id, request.joinId(), run, data).isEmpty()) {
            store.delete(id);
            var _ = store.create(id, request.joinId(), run, data);
        }
    }

    /** Deletes the entry of a join or leave. Succeeds if it is absent. */
    void delete(Request request) {
        store(request.kind()).delete(request.joinId().value());
    }

    /** Deletes the entry with this UID; keeps a later one of the same join. */
    public void delete(PendingOutcome pending) {
        store(pending.kind()).delete(pending.joinId().value(), pending.uid());
    }

    /** Returns every entry of the cluster. */
    public List<PendingOutcome> list(ClusterName cluster) {
        return Arrays.stream(PendingOutcome.RequestKind.values())
                .flatMap(kind -> list(cluster, kind).stream())
                .toList();
    }

    /** Returns the nodes that running joins are creating. */
    public Set<NodeRef> listNodesBeingJoined(ClusterName cluster) {
        return list(cluster, PendingOutcome.RequestKind.JOIN).stream()
                .filter(pending -> pending.refused() == null)
                .map(pending -> new NodeRef(cluster, pending.node()))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Returns every entry of this kind. */
    public List<PendingOutcome> list(ClusterName cluster, PendingOutcome.RequestKind kind) {
        return store(kind)
                .list(entry -> new PendingOutcome(
                        kind,
                        cluster,
                        new NodeName(entry.require(NODE)),
                        entry.joinId(),
                        entry.require(ACCEPTED_ID),
                        entry.requireInstant(ACCEPTED_AT),
                        entry.run(),
                        entry.uid(),
                        pool(entry),
                        refused(entry).orElse(null)));
    }

    private static Map<String, String> data(
            NodeName node, @Nullable PoolName pool, String acceptedId, Instant acceptedAt) {
        Map<String, String> data = new HashMap<>(Map.of(
                NODE, node.value(),
                ACCEPTED_ID, acceptedId,
                ACCEPTED_AT, acceptedAt.toString()));
        if (pool != null) {
            data.put(POOL, pool.value());
        }
        return data;
    }

    private static @Nullable PoolName pool(ConfigMapStore.Entry entry) {
        String pool = entry.data().get(POOL);
        return pool == null ? null : new PoolName(pool);
    }

    private static Optional<OutcomeEvent> refused(ConfigMapStore.Entry entry) {
        String text = entry.data().get(REFUSED);
        if (text == null) {
            return Optional.empty();
        }
        Optional<OutcomeEvent> held = parseOutcome(text);
        if (held.isEmpty()) {
            LOG.warn("The outcome of join or leave {} cannot be parsed", entry.id());
        }
        return held;
    }

    private static Optional<OutcomeEvent> parseOutcome(String text) {
        try {
            return Optional.ofNullable(JSON.readValue(text, OutcomeEvent.class)).filter(OutcomeOutbox::isComplete);
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private static boolean isComplete(OutcomeEvent read) {
        return Stream.of(read.id(), read.cluster(), read.node(), read.time(), read.event())
                .allMatch(Objects::nonNull);
    }

    private ConfigMapStore store(PendingOutcome.RequestKind kind) {
        return ConfigMapStore.ofJoins(client, kind.prefix());
    }
}
