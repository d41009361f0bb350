package io.nodejoin.activities.kubernetes.clusterinfo;

import io.fabric8.kubernetes.client.KubernetesClient;

/**
 * Which cluster an API server belongs to.
 *
 * @param uid UID of the namespace kube-system
 * @param kubernetesVersion the API server's version
 */
record ClusterIdentity(String uid, String kubernetesVersion) {
    static ClusterIdentity read(KubernetesClient client) {
        return new ClusterIdentity(
                client.namespaces()
                        .withName("kube-system")
                        .require()
                        .getMetadata()
                        .getUid(),
                client.getKubernetesVersion().getGitVersion());
    }
}
