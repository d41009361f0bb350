package io.nodejoin.agent.discovery;

import java.net.http.HttpClient;

/**
 * A verified cluster, and a client that trusts its CA only. The client keeps its connection to the API server open
 * between requests.
 */
public record ClusterConnection(TrustedCluster cluster, HttpClient client) implements AutoCloseable {

    /** Returns a client for this cluster; it connects with its first request. */
    public static ClusterConnection open(TrustedCluster cluster) {
        return new ClusterConnection(cluster, Tls.client(Tls.trusting(cluster.authorities())));
    }

    /** Aborts open requests. */
    @Override
    public void close() {
        client.shutdownNow();
    }
}
