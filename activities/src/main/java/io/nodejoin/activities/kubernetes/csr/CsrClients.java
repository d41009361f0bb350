package io.nodejoin.activities.kubernetes.csr;

import io.nodejoin.activities.kubernetes.ClusterClients;
import io.nodejoin.protocol.ClusterName;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** One client per cluster, so that all joins share its coalesced lists. */
final class CsrClients {
    private final ClusterClients clients;
    private final String signer;
    private final Map<ClusterName, CsrClient> csrClients = new ConcurrentHashMap<>();

    CsrClients(ClusterClients clients, String signer) {
        this.clients = clients;
        this.signer = signer;
    }

    CsrClient forCluster(ClusterName cluster) {
        return csrClients.computeIfAbsent(cluster, name -> new CsrClient(clients.client(name), signer));
    }
}
