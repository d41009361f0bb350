package io.nodejoin.workflows.clusterinfo;

import io.nodejoin.protocol.discovery.CaPin;
import java.net.URI;
import java.util.List;

/**
 * The data by which a host identifies its cluster.
 *
 * @param uid UID of the namespace kube-system
 * @param apiServer the endpoint in cluster-info
 * @param caPins pins of the cluster's CA certificates
 * @param kubeconfig the text under the key kubeconfig of cluster-info
 * @param kubernetesVersion the API server's version, such as v1.37.2
 */
public record DiscoveryInfo(
        String uid, URI apiServer, List<CaPin> caPins, String kubeconfig, String kubernetesVersion) {
    public DiscoveryInfo {
        caPins = List.copyOf(caPins);
    }
}
