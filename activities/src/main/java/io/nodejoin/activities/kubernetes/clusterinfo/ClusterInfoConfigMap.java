package io.nodejoin.activities.kubernetes.clusterinfo;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.nodejoin.activities.kubernetes.Conflicts;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The ConfigMap kube-public/cluster-info. Changed by compare-and-swap only, since other controllers write to it as
 * well.
 */
final class ClusterInfoConfigMap implements ClusterInfoObject {
    static final String NAMESPACE = "kube-public";
    static final String NAME = "cluster-info";
    static final String OBJECT = "configmaps/" + NAMESPACE + "/" + NAME;
    static final String KUBECONFIG = "kubeconfig";

    private final KubernetesClient client;

    ClusterInfoConfigMap(KubernetesClient client) {
        this.client = client;
    }

    @Override
    public Optional<ConfigMap> get() {
        return Optional.ofNullable(
                client.configMaps().inNamespace(NAMESPACE).withName(NAME).get());
    }

    @Override
    public Optional<ConfigMap> compareAndSwap(Optional<ConfigMap> read, Map<String, String> data) {
        Resource<ConfigMap> resource = client.resource(read.map(ConfigMapBuilder::new)
                .orElseGet(() -> new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace(NAMESPACE)
                        .withName(NAME)
                        .endMetadata())
                .withData(data)
                .build());
        AtomicReference<ConfigMap> stored = new AtomicReference<>();
        boolean _ = read.isPresent()
                ? Conflicts.succeedsUnlessChanged(() -> stored.set(resource.update()))
                : Conflicts.succeedsUnlessConflict(() -> stored.set(resource.create()));
        return Optional.ofNullable(stored.get());
    }

    /** Returns a copy of the data that was read; none if the object was absent. */
    static Map<String, String> copyOfData(Optional<ConfigMap> read) {
        return new TreeMap<>(read.map(ClusterInfoConfigMap::data).orElse(Map.of()));
    }

    /** Returns the value that was read; empty if there was none. */
    static Optional<String> value(Optional<ConfigMap> read, String key) {
        return read.map(ClusterInfoConfigMap::data).map(data -> data.get(key));
    }

    private static Map<String, String> data(ConfigMap map) {
        return map.getData() == null ? Map.of() : map.getData();
    }
}
