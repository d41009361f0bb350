package io.nodejoin.activities.kubernetes.token;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.activities.WorkflowRun;
import io.nodejoin.activities.kubernetes.store.ConfigMapStore;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.token.TokenRef;
import io.nodejoin.workflows.token.TokenRequest;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The ids of one cluster's tokens that may exist, stored in the same cluster, so that a backup restores both. */
public final class TokenLedger {
    private static final String PREFIX = "token-";
    private static final String NODE = "node";
    private static final String MACHINE = "machineId";
    private static final String ATTEMPT = "attempt";
    private static final String KUBELET_KEY = "kubeletKeySha256";
    private static final String EXPIRES_AT = "expiresAt";

    private final ConfigMapStore store;

    public TokenLedger(KubernetesClient client) {
        this.store = ConfigMapStore.ofJoins(client, PREFIX);
    }

    static String resourceName(TokenId id) {
        return ConfigMapStore.resourceName(PREFIX, id.value());
    }

    /**
     * Creates the entry and returns it; empty if the id is in use.
     *
     * @param expiresAt by the API server's clock
     */
    Optional<Entry> create(TokenRequest request, Instant expiresAt, WorkflowRun run) {
        TokenRef token = request.token();
        Map<String, String> data = new HashMap<>(Map.of(
                NODE, request.node().value(),
                MACHINE, request.machineId(),
                ATTEMPT, Integer.toString(request.attempt()),
                EXPIRES_AT, expiresAt.toString()));
        if (request.kubeletKeyDigest() != null) {
            data.put(KUBELET_KEY, request.kubeletKeyDigest());
        }
        return store.create(token.tokenId().value(), token.joinId(), run, data)
                .map(entry -> parseEntry(token.cluster(), entry));
    }

    /** Returns the entry of this token's id, of whichever join. */
    Optional<Entry> find(TokenRef token) {
        return store.find(token.tokenId().value(), entry -> parseEntry(token.cluster(), entry));
    }

    /** Returns the entries of one join. */
    List<Entry> listByJoin(ClusterName cluster, JoinId joinId) {
        return store.listByJoin(joinId, entry -> parseEntry(cluster, entry));
    }

    /** Returns every entry of the cluster, of all joins. */
    public List<Entry> list(ClusterName cluster) {
        return store.list(entry -> parseEntry(cluster, entry));
    }

    /** Returns whether the object is an entry of the ledger, even one that cannot be parsed. */
    static boolean isEntry(ConfigMap found) {
        return ConfigMapStore.entry(PREFIX, found).isPresent();
    }

    /** Returns the entry that this object is; empty if it is another object, or cannot be parsed. */
    static Optional<Entry> parse(ClusterName cluster, ConfigMap found) {
        try {
            return ConfigMapStore.entry(PREFIX, found).map(entry -> parseEntry(cluster, entry));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static Entry parseEntry(ClusterName cluster, ConfigMapStore.Entry entry) {
        return new Entry(
                new TokenRef(cluster, entry.joinId(), new TokenId(entry.id())),
                new NodeName(entry.require(NODE)),
                entry.data().get(MACHINE),
                Integer.parseInt(entry.require(ATTEMPT)),
                entry.data().get(KUBELET_KEY),
                entry.requireInstant(EXPIRES_AT),
                entry.run(),
                entry.uid());
    }

    /** Counts all entries, including those that cannot be parsed. */
    int count() {
        return store.count();
    }

    /** Returns whether the entry still exists, so that its id is still reserved. */
    boolean exists(Entry entry) {
        return store.get(entry.token().tokenId().value(), entry.uid()).isPresent();
    }

    void delete(TokenId id) {
        store.delete(id.value());
    }

    /** Deletes the entry with this UID; keeps a later one of the same id. */
    void delete(Entry entry) {
        store.delete(entry.token().tokenId().value(), entry.uid());
    }

    /**
     * A token that may exist. While the ledger has the entry, no other token gets the id.
     *
     * @param machineId the machine that it is for; absent if the value was removed
     * @param attempt the join's attempt that it is for
     * @param kubeletKeyDigest lower-case hex SHA-256 of the only SubjectPublicKeyInfo that its certificate may have;
     *     absent if the kubelet creates its key itself
     * @param expiresAt when a token with this id has expired in any case, by the API server's clock
     * @param run the workflow run that issues it
     * @param uid the UID of the entry
     */
    public record Entry(
            TokenRef token,
            NodeName node,
            @Nullable String machineId,
            int attempt,
            @Nullable String kubeletKeyDigest,
            Instant expiresAt,
            WorkflowRun run,
            String uid) {

        /** Returns whether this run has entered it for this request. */
        boolean isOf(TokenRequest request, WorkflowRun requesting) {
            return token.equals(request.token()) && attempt == request.attempt() && run.equals(requesting);
        }
    }
}
