package io.nodejoin.activities.kubernetes.csr;

import io.nodejoin.activities.kubernetes.ClusterClients;
import io.nodejoin.protocol.ClusterName;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** One board per cluster for all joins, so that they share its lists. */
final class RequestBoards {
    private final ClusterClients clients;
    private final String signer;
    private final Map<ClusterName, RequestBoard> boards = new ConcurrentHashMap<>();

    RequestBoards(ClusterClients clients, String signer) {
        this.clients = clients;
        this.signer = signer;
    }

    RequestBoard of(ClusterName cluster) {
        return boards.computeIfAbsent(cluster, name -> new RequestBoard(clients.client(name), signer));
    }
}
