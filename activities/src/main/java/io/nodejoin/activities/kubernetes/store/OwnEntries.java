package io.nodejoin.activities.kubernetes.store;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nodejoin.activities.WorkflowRun;
import io.nodejoin.activities.kubernetes.GuardedDeletion;
import io.nodejoin.activities.kubernetes.OwnObjects;
import io.nodejoin.protocol.JoinId;
import java.net.HttpURLConnection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One kind of notes on joins in one cluster: a ConfigMap each, in the namespace that is Nodejoin's own. */
public final class OwnEntries {
    private static final Logger LOG = LoggerFactory.getLogger(OwnEntries.class);

    private final KubernetesClient client;
    private final String prefix;

    /** @param prefix of the names of this kind */
    public OwnEntries(KubernetesClient client, String prefix) {
        this.client = client;
        this.prefix = prefix;
    }

    /**
     * An entry as it was read.
     *
     * @param id its name without the prefix
     * @param uid of this very object: another one of the same name has another
     */
    public record Entry(String id, String uid, JoinId joinId, WorkflowRun run, Map<String, String> data) {
        public Entry {
            data = Map.copyOf(data);
        }

        /**
         * The value under this key.
         *
         * @throws IllegalArgumentException if there is none
         */
        public String member(String key) {
            String value = data.get(key);
            if (value == null) {
                throw new IllegalArgumentException("it has no " + key);
            }
            return value;
        }
    }

    /** How one reads an entry. */
    @FunctionalInterface
    public interface Reading<T> {
        /** Throws {@link IllegalArgumentException} if it cannot be read. */
        T of(Entry entry);
    }

    /** Writes an entry; false if there is one of this id. */
    public boolean enter(String id, JoinId joinId, WorkflowRun run, Map<String, String> data) {
        Map<String, String> all = new HashMap<>(data);
        all.putAll(run.data());
        ConfigMap entry = new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(OwnObjects.NAMESPACE)
                .withName(prefix + id)
                .withLabels(OwnObjects.labels(joinId))
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

    /** Those of one join. */
    public <T> List<T> of(JoinId joinId, Reading<T> reading) {
        return client
                .configMaps()
                .inNamespace(OwnObjects.NAMESPACE)
                .withLabels(OwnObjects.labels(joinId))
                .list()
                .getItems()
                .stream()
                .flatMap(found -> read(found, reading).stream())
                .toList();
    }

    /** Those of all joins. What a person has spoilt is as good as absent: the others go on. */
    public <T> List<T> all(Reading<T> reading) {
        return list().flatMap(found -> read(found, reading).stream()).toList();
    }

    /** How many there are of all joins, those that a person has spoilt included. */
    public int size() {
        return Math.toIntExact(list().map(found -> found.getMetadata().getName())
                .filter(name -> name.startsWith(prefix))
                .count());
    }

    /** Whether the entry of this id is still this very object, by the API server's latest word. */
    public boolean holds(String id, String uid) {
        return find(id, uid).isPresent();
    }

    /** The entry of this id if it is still this very object, by the API server's latest word. */
    public Optional<ConfigMap> find(String id, String uid) {
        return Optional.ofNullable(client.configMaps()
                        .inNamespace(OwnObjects.NAMESPACE)
                        .withName(prefix + id)
                        .get())
                .filter(found -> uid.equals(found.getMetadata().getUid()));
    }

    /**
     * Has an entry hold this value under the key.
     *
     * @param found the entry as it was read
     * @throws KubernetesClientException if it was changed or removed since
     */
    public void put(ConfigMap found, String key, String value) {
        client.resource(new ConfigMapBuilder(found).addToData(key, value).build())
                .update();
    }

    /** Removes the entry of this id, whichever it is. Absent counts as removed. */
    public void strike(String id) {
        client.configMaps()
                .inNamespace(OwnObjects.NAMESPACE)
                .withName(prefix + id)
                .delete();
    }

    /** Removes the entry if it is still this very object. */
    public void strike(String id, String uid) {
        String path = "/api/v1/namespaces/" + OwnObjects.NAMESPACE + "/configmaps/" + prefix + id;
        GuardedDeletion.delete(client, path, uid, () -> holds(id, uid));
    }

    private Stream<ConfigMap> list() {
        return client
                .configMaps()
                .inNamespace(OwnObjects.NAMESPACE)
                .withLabel(OwnObjects.MANAGED_BY, OwnObjects.MANAGER)
                .withLabel(OwnObjects.JOIN_ID)
                .list()
                .getItems()
                .stream();
    }

    private <T> Optional<T> read(ConfigMap found, Reading<T> reading) {
        String name = found.getMetadata().getName();
        if (!name.startsWith(prefix)) {
            return Optional.empty();
        }
        try {
            Map<String, String> data = found.getData() == null ? Map.of() : found.getData();
            return Stream.of(new Entry(
                            name.substring(prefix.length()),
                            found.getMetadata().getUid(),
                            new JoinId(found.getMetadata().getLabels().getOrDefault(OwnObjects.JOIN_ID, "")),
                            WorkflowRun.of(data),
                            data))
                    .map(reading::of)
                    .findFirst();
        } catch (IllegalArgumentException unreadable) {
            LOG.warn("ConfigMap {} in {} cannot be read", name, OwnObjects.NAMESPACE, unreadable);
            return Optional.empty();
        }
    }
}
