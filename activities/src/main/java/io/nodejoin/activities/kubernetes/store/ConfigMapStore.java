package io.nodejoin.activities.kubernetes.store;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.nodejoin.activities.WorkflowRun;
import io.nodejoin.activities.kubernetes.ClusterClients;
import io.nodejoin.activities.kubernetes.Conflicts;
import io.nodejoin.activities.kubernetes.ManagedObjects;
import io.nodejoin.activities.kubernetes.PreconditionedDelete;
import io.nodejoin.activities.kubernetes.WatchTriggers;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores entries of one kind, which belong to joins or to nodes, as ConfigMaps in the namespace nodejoin-system, where
 * no node can write.
 */
public final class ConfigMapStore {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigMapStore.class);
    private static final String INVENTORY = "nodejoin.io/inventory";
    private static final String MANAGED = ManagedObjects.MANAGED_BY + "=" + ManagedObjects.MANAGER;

    private final KubernetesClient client;
    private final String prefix;
    /** The labels of a new entry that belongs to a node. */
    private final Map<String, String> labels;

    private final String selector;

    private ConfigMapStore(KubernetesClient client, String prefix, Map<String, String> labels, String selector) {
        this.client = client;
        this.prefix = prefix;
        this.labels = labels;
        this.selector = selector;
    }

    /** Creates a store whose entries belong to joins. */
    public static ConfigMapStore ofJoins(KubernetesClient client, String prefix) {
        return new ConfigMapStore(client, prefix, Map.of(), MANAGED + "," + ManagedObjects.JOIN_ID);
    }

    /** Creates a store with one entry per node, whose id is the name of the node. */
    public static ConfigMapStore ofNodes(KubernetesClient client, String prefix, String inventory) {
        return new ConfigMapStore(
                client,
                prefix,
                Map.of(ManagedObjects.MANAGED_BY, ManagedObjects.MANAGER, INVENTORY, inventory),
                MANAGED + "," + INVENTORY + "=" + inventory);
    }

    /**
     * An entry as it was read.
     *
     * @param id its name without the prefix
     */
    public record Entry(String id, ConfigMap configMap) {
        public Map<String, String> data() {
            return Objects.requireNonNullElse(configMap.getData(), Map.of());
        }

        /**
         * Returns the value of this key.
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

        /**
         * Returns the time under this key.
         *
         * @throws IllegalArgumentException if there is none
         */
        public Instant requireInstant(String key) {
            try {
                return Instant.parse(require(key));
            } catch (DateTimeException e) {
                throw new IllegalArgumentException("its " + key + " is no instant", e);
            }
        }

        public String uid() {
            return configMap.getMetadata().getUid();
        }

        /** Returns the join that it belongs to. */
        public JoinId joinId() {
            return new JoinId(joinLabel(configMap));
        }

        /** Returns the workflow run that created it. */
        public WorkflowRun run() {
            return WorkflowRun.fromData(data());
        }
    }

    /** Parses an entry. */
    @FunctionalInterface
    public interface EntryParser<T> {
        /** Throws {@link IllegalArgumentException} if the entry cannot be parsed. */
        T parse(Entry entry);
    }

    /**
     * Creates triggers that watch the entries of joins, of all kinds, keyed by join. The service needs the right to watch
     * them.
     */
    public static WatchTriggers<ConfigMap> watchJoins(ClusterClients clients) {
        return new WatchTriggers<>(
                clients,
                client -> client.configMaps()
                        .inNamespace(ManagedObjects.NAMESPACE)
                        .withLabelSelector(MANAGED + "," + ManagedObjects.JOIN_ID),
                ConfigMapStore::joinLabel);
    }

    /** Returns the entry that this object is; empty if it is of another kind. */
    public static Optional<Entry> entry(String prefix, ConfigMap configMap) {
        String name = configMap.getMetadata().getName();
        return name.startsWith(prefix)
                ? Optional.of(new Entry(name.substring(prefix.length()), configMap))
                : Optional.empty();
    }

    private static String joinLabel(ConfigMap configMap) {
        return configMap.getMetadata().getLabels().getOrDefault(ManagedObjects.JOIN_ID, "");
    }

    /** Returns the entry's resource name, as used in the audit log and messages. */
    public static String resourceName(String prefix, String id) {
        return "configmaps/" + ManagedObjects.NAMESPACE + "/" + prefix + id;
    }

    /** Creates the entry of a join and returns it; empty if there is one with this id. */
    public Optional<Entry> create(String id, JoinId joinId, WorkflowRun run, Map<String, String> data) {
        Map<String, String> all = new HashMap<>(data);
        all.putAll(run.toData());
        return create(id, ManagedObjects.labels(joinId), all);
    }

    /**
     * Creates the entry of a node.
     *
     * @param owners owner references: Kubernetes deletes the entry with its owners
     * @return false if there is one with this id, which is not changed
     */
    public boolean create(String id, Map<String, String> data, OwnerReference... owners) {
        return create(id, labels, data, owners).isPresent();
    }

    private Optional<Entry> create(
            String id, Map<String, String> entryLabels, Map<String, String> data, OwnerReference... owners) {
        ConfigMap configMap = new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(ManagedObjects.NAMESPACE)
                .withName(prefix + id)
                .withLabels(entryLabels)
                .withOwnerReferences(owners)
                .endMetadata()
                .withData(data)
                .build();
        AtomicReference<ConfigMap> created = new AtomicReference<>();
        boolean _ = Conflicts.succeedsUnlessConflict(
                () -> created.set(client.resource(configMap).create()));
        return Optional.ofNullable(created.get()).map(found -> new Entry(id, found));
    }

    /** Returns the entry, read from the API server. */
    public Optional<Entry> get(String id) {
        return Optional.ofNullable(resource(id).get()).map(configMap -> new Entry(id, configMap));
    }

    /** Returns the entry if it has this UID, read from the API server. */
    public Optional<Entry> get(String id, String uid) {
        return get(id).filter(entry -> uid.equals(entry.uid()));
    }

    /** Returns the parsed entry; ignores one that cannot be parsed, with a warning. */
    public <T> Optional<T> find(String id, EntryParser<T> parser) {
        return get(id).flatMap(entry -> parseIfValid(entry, parser));
    }

    /** Lists all entries; skips those that cannot be parsed, with a warning. */
    public <T> List<T> list(EntryParser<T> parser) {
        return list(selector, parser);
    }

    /** Lists the entries of one join; skips those that cannot be parsed, with a warning. */
    public <T> List<T> listByJoin(JoinId joinId, EntryParser<T> parser) {
        return list(MANAGED + "," + ManagedObjects.JOIN_ID + "=" + joinId, parser);
    }

    /** Counts all entries, including those that cannot be parsed. */
    public int count() {
        return Math.toIntExact(entries(selector).count());
    }

    /** Replaces the data that was read. Returns false if the entry was changed or deleted since. */
    public boolean replaceIfUnchanged(Entry read, Map<String, String> data) {
        return Conflicts.succeedsUnlessChanged(() -> replace(read, data));
    }

    /**
     * Replaces the data that was read.
     *
     * @throws KubernetesClientException if the entry was changed or deleted since
     */
    public void replace(Entry read, Map<String, String> data) {
        client.resource(new ConfigMapBuilder(read.configMap()).withData(data).build())
                .update();
    }

    /**
     * Adds a key to the entry, as its own field manager, so that the API server dates this change. Keeps one that is there.
     *
     * @return the entry as it is then; empty if it was changed or deleted since
     */
    public Optional<Entry> mark(Entry read, String key) {
        ConfigMap marked =
                new ConfigMapBuilder(read.configMap()).addToData(key, "true").build();
        String target = path(read.id()) + "?fieldManager=" + ManagedObjects.MANAGER;
        AtomicReference<String> written = new AtomicReference<>();
        boolean _ = Conflicts.succeedsUnlessChanged(() -> written.set(client.raw(target, "PUT", marked)));
        return Optional.ofNullable(written.get())
                .map(json -> client.getKubernetesSerialization().unmarshal(json, ConfigMap.class))
                .map(found -> new Entry(read.id(), found));
    }

    /** Deletes the entry, whatever its UID. Succeeds if it is absent. */
    public void delete(String id) {
        resource(id).delete();
    }

    /** Deletes the entry if it still has this UID. */
    public void delete(String id, String uid) {
        PreconditionedDelete.deleteByUid(
                client, path(id), uid, () -> get(id, uid).isPresent());
    }

    /**
     * Deletes the entry unless it has changed since it was read. Succeeds if it is absent.
     *
     * @return false if it has changed
     */
    public boolean deleteIfUnchanged(Entry read) {
        return PreconditionedDelete.deleteIfUnchanged(
                client, path(read.id()), read.configMap().getMetadata());
    }

    /** Fails with CONFLICT if another writer changed the entry after it was read. */
    public void requireWritten(String id, boolean written) {
        if (!written) {
            throw Failures.of(
                    FailureType.CONFLICT,
                    new Problem(
                            ErrorCode.OBJECT_CONFLICT,
                            resourceName(prefix, id) + " was changed by another writer at the same time"));
        }
    }

    private <T> List<T> list(String labelSelector, EntryParser<T> parser) {
        return entries(labelSelector)
                .flatMap(entry -> parseIfValid(entry, parser).stream())
                .toList();
    }

    private Stream<Entry> entries(String labelSelector) {
        return client
                .configMaps()
                .inNamespace(ManagedObjects.NAMESPACE)
                .withLabelSelector(labelSelector)
                .list()
                .getItems()
                .stream()
                .flatMap(found -> entry(prefix, found).stream());
    }

    private <T> Optional<T> parseIfValid(Entry entry, EntryParser<T> parser) {
        try {
            return Optional.of(parser.parse(entry));
        } catch (IllegalArgumentException invalid) {
            LOG.warn("{} of {} cannot be read", resourceName(prefix, entry.id()), client.getMasterUrl(), invalid);
            return Optional.empty();
        }
    }

    private Resource<ConfigMap> resource(String id) {
        return client.configMaps().inNamespace(ManagedObjects.NAMESPACE).withName(prefix + id);
    }

    private String path(String id) {
        return "/api/v1/namespaces/" + ManagedObjects.NAMESPACE + "/configmaps/" + prefix + id;
    }
}
