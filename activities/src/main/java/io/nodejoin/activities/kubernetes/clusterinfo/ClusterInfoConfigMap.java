package io.nodejoin.activities.kubernetes.clusterinfo;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.nodejoin.activities.kubernetes.Conflicts;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * The ConfigMap kube-public/cluster-info. Changed by compare-and-swap only, since other controllers write to it as
 * well.
 */
final class ClusterInfoConfigMap {
    static final String NAMESPACE = "kube-public";
    static final String NAME = "cluster-info";
    static final String OBJECT = "configmaps/" + NAMESPACE + "/" + NAME;
    static final String KUBECONFIG = "kubeconfig";

    private final KubernetesClient client;

    ClusterInfoConfigMap(KubernetesClient client) {
        this.client = client;
    }

    Optional<ConfigMap> get() {
        return Optional.ofNullable(
                client.configMaps().inNamespace(NAMESPACE).withName(NAME).get());
    }

    Optional<String> getValue(String key) {
        return get().map(ClusterInfoConfigMap::data).map(data -> data.get(key));
    }

    /** Creates the object if it was absent, else replaces what was read. Returns false if another writer was faster. */
    boolean compareAndSwap(Optional<ConfigMap> read, UnaryOperator<Map<String, String>> change) {
        ConfigMap wanted = read.map(ConfigMapBuilder::new)
                .orElseGet(() -> new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace(NAMESPACE)
                        .withName(NAME)
                        .endMetadata())
                .withData(change.apply(
                        read.map(ClusterInfoConfigMap::data).map(TreeMap::new).orElseGet(TreeMap::new)))
                .build();
        Resource<ConfigMap> resource = client.resource(wanted);
        return Conflicts.succeedsUnlessConflict(read.isPresent() ? resource::update : resource::create);
    }

    static Map<String, String> data(ConfigMap map) {
        return map.getData() == null ? Map.of() : map.getData();
    }
}
