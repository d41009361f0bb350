package io.nodejoin.activities.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.protocol.ClusterName;

/** Clients of the API servers of the configured clusters. The clients are shared and thread-safe. */
public interface ClusterClients extends AutoCloseable {

    /**
     * Returns the client with Nodejoin's own credential. A second call returns the same client.
     *
     * @throws io.temporal.failure.ApplicationFailure with code UNKNOWN_CLUSTER if no such cluster is configured
     */
    KubernetesClient client(ClusterName cluster);

    /** Closes all clients and their watches. Idempotent. */
    @Override
    void close();
}
