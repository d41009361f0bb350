package io.nodejoin.activities.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Verifies the UID of the namespace kube-system before it returns a client, so that a wrong kubeconfig changes nothing
 * in the cluster that it leads to.
 */
public final class VerifiedClusterClients implements ClusterClients {
    private final ClusterClients clients;
    private final Map<ClusterName, String> uids;
    private final Set<ClusterName> verified = ConcurrentHashMap.newKeySet();

    /** @param uids UIDs of the clusters to verify; clusters without a UID are not verified */
    public VerifiedClusterClients(ClusterClients clients, Map<ClusterName, String> uids) {
        this.clients = clients;
        this.uids = Map.copyOf(uids);
    }

    /** {@inheritDoc} Throws it with code CLUSTER_UID_MISMATCH if the credential leads to another cluster. */
    @Override
    public KubernetesClient client(ClusterName cluster) {
        KubernetesClient client = clients.client(cluster);
        String expected = uids.get(cluster);
        if (expected != null && !verified.contains(cluster)) {
            verifyUid(cluster, expected, client);
            verified.add(cluster);
        }
        return client;
    }

    private static void verifyUid(ClusterName cluster, String expected, KubernetesClient client) {
        String found = client.namespaces()
                .withName("kube-system")
                .require()
                .getMetadata()
                .getUid();
        if (!found.equals(expected)) {
            throw Failures.of(
                    FailureType.FORBIDDEN,
                    new Problem(
                            ErrorCode.CLUSTER_UID_MISMATCH,
                            "the credential of cluster " + cluster + " leads to the cluster " + found + " instead of "
                                    + expected));
        }
    }

    @Override
    public void close() {
        clients.close();
    }
}
