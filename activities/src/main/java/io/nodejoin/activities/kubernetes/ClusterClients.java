package io.nodejoin.activities.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.protocol.ClusterName;

/** Access to the API servers of the configured clusters. Clients are shared and safe for concurrent use. */
public interface ClusterClients extends AutoCloseable {

    /**
     * The client with Nodejoin's own credential. A second call gives the same client.
     *
     * @throws io.temporal.failure.ApplicationFailure with code UNKNOWN_CLUSTER if no such cluster is configured
     */
    KubernetesClient client(ClusterName cluster);

    /** Closes all clients and what was started from them. A second call is harmless. */
    @Override
    void close();
}
