package io.nodejoin.activities.kubernetes.clusterinfo;

import io.fabric8.kubernetes.api.model.ConfigMap;
import java.util.Map;
import java.util.Optional;

/** The object cluster-info of one cluster, which others change as well. */
interface ClusterInfoObject {
    /** Returns the object, read from the API server; empty if it is absent. */
    Optional<ConfigMap> get();

    /**
     * Creates the object if it was absent, else replaces what was read.
     *
     * @return what is stored then; empty if another writer was faster
     */
    Optional<ConfigMap> compareAndSwap(Optional<ConfigMap> read, Map<String, String> data);
}
