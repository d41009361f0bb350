package io.nodejoin.activities.kubernetes.store;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nodejoin.activities.WorkflowRun;
import io.nodejoin.activities.kubernetes.ManagedObjects;
import io.nodejoin.activities.kubernetes.PreconditionedDelete;
import io.nodejoin.protocol.JoinId;
import java.net.HttpURLConnection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stores entries of one kind, which belong to joins, as ConfigMaps in Nodejoin's own namespace. */
public final class ConfigMapStore {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigMapStore.class);

    private final KubernetesClient client;
    private final String prefix;

    /** @param prefix the name prefix of this kind's ConfigMaps */
    public ConfigMapStore(KubernetesClient client, String prefix) {
        this.client = client;
        this.prefix = prefix;
    }

    /**
     * An entry as it was read.
     *
     * @param id its name without the prefix
     * @param uid the UID of the ConfigMap
     */
    public record Entry(String id, String uid, JoinId joinId, WorkflowRun run, Map<String, String> data) {
        public Entry {
            data = Map.copyOf(data);
        }

        /**
         * Returns the value of this key.
         *
         * @throws IllegalArgumentException if there is none
         */
        public String require(String key) {
            String value = data.get(key);
            if (value == null) {
                throw new IllegalArgumentException("it has no " + key);
            }
            return value;
        }
    }

    /** Parses an entry. */
    @FunctionalInterface
    public interface EntryParser<T> {
        /** Throws {@link IllegalArgumentException} if the entry cannot be parsed. */
        T parse(Entry entry);
    }

    /** Creates an entry. Returns false if there is one with this id. */
    public boolean create(String id, JoinId joinId, WorkflowRun run, Map<String, String> data) {
        Map<String, String> all = new HashMap<>(data);
        all.putAll(run.toData());
        ConfigMap entry = new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(ManagedObjects.NAMESPACE)
                .withName(prefix + id)
                .withLabels(ManagedObjects.labels(joinId))
                .endMetadata()
                .withData(all)
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

    /** Lists the entries of one join; skips entries that cannot be parsed, with a warning. */
    public <T> List<T> listByJoin(JoinId joinId, EntryParser<T> parser) {
        return client
                .configMaps()
                .inNamespace(ManagedObjects.NAMESPACE)
                .withLabels(ManagedObjects.labels(joinId))
                .list()
                .getItems()
                .stream()
                .flatMap(found -> parseEntry(found, parser).stream())
                .toList();
    }

    /** Lists the entries of all joins; skips entries that cannot be parsed, with a warning. */
    public <T> List<T> list(EntryParser<T> parser) {
        return configMaps().flatMap(found -> parseEntry(found, parser).stream()).toList();
    }

    /** Counts all entries, including those that cannot be parsed. */
    public int count() {
        return Math.toIntExact(configMaps()
                .map(found -> found.getMetadata().getName())
                .filter(name -> name.startsWith(prefix))
                .count());
    }

    /** Returns whether the entry with this id and UID exists, read from the API server. */
    public boolean exists(String id, String uid) {
        return get(id, uid).isPresent();
    }

    /** Returns the entry with this id and UID, read from the API server. */
    public Optional<ConfigMap> get(String id, String uid) {
        return Optional.ofNullable(client.configMaps()
                        .inNamespace(ManagedObjects.NAMESPACE)
                        .withName(prefix + id)
                        .get())
                .filter(found -> uid.equals(found.getMetadata().getUid()));
    }

    /**
     * Sets a value of an entry.
     *
     * @param found the entry as it was read
     * @throws KubernetesClientException if it was changed or deleted since
     */
    public void setValue(ConfigMap found, String key, String value) {
        client.resource(new ConfigMapBuilder(found).addToData(key, value).build())
                .update();
    }

    /** Deletes the entry with this id, whatever its UID. Succeeds if it is absent. */
    public void delete(String id) {
        client.configMaps()
                .inNamespace(ManagedObjects.NAMESPACE)
                .withName(prefix + id)
                .delete();
    }

    /** Deletes the entry if it still has this UID. */
    public void delete(String id, String uid) {
        String path = "/api/v1/namespaces/" + ManagedObjects.NAMESPACE + "/configmaps/" + prefix + id;
        PreconditionedDelete.deleteByUid(client, path, uid, () -> exists(id, uid));
    }

    private Stream<ConfigMap> configMaps() {
        return client
                .configMaps()
                .inNamespace(ManagedObjects.NAMESPACE)
                .withLabel(ManagedObjects.MANAGED_BY, ManagedObjects.MANAGER)
                .withLabel(ManagedObjects.JOIN_ID)
                .list()
                .getItems()
                .stream();
    }

    private <T> Optional<T> parseEntry(ConfigMap found, EntryParser<T> parser) {
        String name = found.getMetadata().getName();
        if (!name.startsWith(prefix)) {
            return Optional.empty();
        }
        try {
            Map<String, String> data = found.getData() == null ? Map.of() : found.getData();
            return Stream.of(new Entry(
                            name.substring(prefix.length()),
                            found.getMetadata().getUid(),
                            new JoinId(found.getMetadata().getLabels().getOrDefault(ManagedObjects.JOIN_ID, "")),
                            WorkflowRun.fromData(data),
                            data))
                    .map(parser::parse)
                    .findFirst();
        } catch (IllegalArgumentException unreadable) {
            LOG.warn("ConfigMap {} in {} cannot be read", name, ManagedObjects.NAMESPACE, unreadable);
            return Optional.empty();
        }
    }
}
