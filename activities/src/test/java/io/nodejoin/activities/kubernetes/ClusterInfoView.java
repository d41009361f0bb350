package io.nodejoin.activities.kubernetes;

import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The ConfigMap cluster-info as its administrator sees and edits it. */
record ClusterInfoView(LiveCluster cluster) {

    Map<String, String> data() {
        return Map.copyOf(cluster.admin()
                .configMaps()
                .inNamespace("kube-public")
                .withName("cluster-info")
                .require()
                .getData());
    }

    /** Sets these keys, whatever others do to theirs at the same time. */
    void put(Map<String, String> values) {
        merge(values);
    }

    void remove(Collection<String> keys) {
        Map<String, @Nullable String> nothing = new HashMap<>();
        keys.forEach(key -> nothing.put(key, null));
        merge(nothing);
    }

    private void merge(Map<String, ? extends @Nullable String> values) {
        cluster.admin()
                .configMaps()
                .inNamespace("kube-public")
                .withName("cluster-info")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        cluster.admin().getKubernetesSerialization().asJson(Map.of("data", values)));
    }
}
