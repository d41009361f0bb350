package io.nodejoin.activities.kubernetes.clusterinfo;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The object in memory, with versions as an API server gives them, and a count of the requests. */
final class FakeClusterInfo implements ClusterInfoObject {
    private @Nullable ConfigMap stored;
    private int version;
    private Runnable beforeSwap = () -> {};
    private Runnable afterSwap = () -> {};
    private int reads;
    private int swaps;

    @Override
    public synchronized Optional<ConfigMap> get() {
        reads++;
        return Optional.ofNullable(stored);
    }

    @Override
    public Optional<ConfigMap> compareAndSwap(Optional<ConfigMap> read, Map<String, String> data) {
        beforeSwap.run();
        Optional<ConfigMap> swapped = swap(read, data);
        afterSwap.run();
        return swapped;
    }

    private synchronized Optional<ConfigMap> swap(Optional<ConfigMap> read, Map<String, String> data) {
        swaps++;
        if (!version(read).equals(version(Optional.ofNullable(stored)))) {
            return Optional.empty();
        }
        return Optional.of(put(data));
    }

    private static Optional<String> version(Optional<ConfigMap> map) {
        return map.map(found -> found.getMetadata().getResourceVersion());
    }

    /** Replaces the data, as another writer does. */
    synchronized ConfigMap put(Map<String, String> data) {
        version++;
        stored = new ConfigMapBuilder()
                .withNewMetadata()
                .withResourceVersion(Integer.toString(version))
                .endMetadata()
                .withData(new TreeMap<>(data))
                .build();
        return stored;
    }

    /** Adds a value, as another writer does. */
    void add(String key, String value) {
        Map<String, String> data = new TreeMap<>(data());
        data.put(key, value);
        put(data);
    }

    /** Removes a value, as another writer does. */
    void remove(String key) {
        Map<String, String> data = new TreeMap<>(data());
        data.remove(key);
        put(data);
    }

    synchronized Map<String, String> data() {
        return stored == null ? Map.of() : stored.getData();
    }

    /** From here on this happens right before each swap. */
    void beforeSwap(Runnable happening) {
        beforeSwap = happening;
    }

    /** From here on this happens right after each swap. */
    void afterSwap(Runnable happening) {
        afterSwap = happening;
    }

    synchronized int reads() {
        return reads;
    }

    synchronized int swaps() {
        return swaps;
    }
}
