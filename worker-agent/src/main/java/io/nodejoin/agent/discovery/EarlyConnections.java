package io.nodejoin.agent.discovery;

import java.net.URI;
import java.net.http.HttpClient;

/**
 * Connections to an API server that are opened before a join names its CA. Nothing secret is sent over them until the
 * join's token and pins have verified the same CAs.
 *
 * @param anyone trusts any server, for the read that is verified by signature and pin
 * @param claimed trusts the CAs that the server's own cluster-info claims, and no others
 */
record EarlyConnections(HttpClient anyone, ClusterConnection claimed) implements AutoCloseable {

    boolean leadTo(URI apiServer) {
        return claimed.cluster().apiServer().equals(apiServer);
    }

    /** Returns a connection that trusts exactly this cluster's CAs: the open one, if it has trusted no others. */
    ClusterConnection connectionTo(TrustedCluster verified) {
        return claimed.cluster().equals(verified) ? claimed : ClusterConnection.open(verified);
    }

    /** Aborts open requests. */
    @Override
    public void close() {
        anyone.shutdownNow();
        claimed.close();
    }
}
