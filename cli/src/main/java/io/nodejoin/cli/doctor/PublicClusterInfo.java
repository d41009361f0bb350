package io.nodejoin.cli.doctor;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nodejoin.activities.kubernetes.DiscoveryKubeconfig;
import io.nodejoin.activities.kubernetes.preparation.AdminCluster;
import io.nodejoin.workflows.csr.ApprovalMode;
import java.util.Collections;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads cluster-info as a host does: over the network, without a credential. */
record PublicClusterInfo(AdminCluster cluster) implements Check {
    @Override
    public Finding run() {
        try (KubernetesClient anyone = cluster.anonymous()) {
            ConfigMap map = anyone.configMaps()
                    .inNamespace("kube-public")
                    .withName("cluster-info")
                    .get();
            return evaluate(map == null || map.getData() == null ? Map.of() : map.getData());
        } catch (KubernetesClientException e) {
            if (e.getCode() != 401 && e.getCode() != 403) {
                throw e;
            }
            return Finding.failed(
                    "the API server responds with " + e.getCode() + " to an anonymous read of cluster-info",
                    "a host that joins has no credential yet",
                    e.getCode() == 401
                            ? "start kube-apiserver without --anonymous-auth=false, or allow anonymous requests for "
                                    + "/api/v1/namespaces/kube-public/configmaps/cluster-info in its --authentication-config"
                            : PreparedObjects.prepare(ApprovalMode.NODEJOIN));
        }
    }

    private Finding evaluate(Map<String, String> data) {
        @Nullable String kubeconfig = data.get("kubeconfig");
        if (kubeconfig == null) {
            return Finding.failed(
                    "kube-public/cluster-info contains no kubeconfig",
                    "a host could not find the cluster",
                    PreparedObjects.prepare(ApprovalMode.NODEJOIN));
        }
        try {
            return Collections.disjoint(
                            DiscoveryKubeconfig.pins(kubeconfig), DiscoveryKubeconfig.pinsOf(cluster.caCertificates()))
                    ? foreign()
                    : new Finding.Passed("anyone may read it, it names " + DiscoveryKubeconfig.apiServer(kubeconfig)
                            + ", and its CA is that of the kubeconfig");
        } catch (IllegalArgumentException e) {
            return Finding.failed(
                    "its kubeconfig cannot be used: " + e.getMessage(), "hosts could not read it either", remedy());
        }
    }

    private static Finding foreign() {
        return Finding.failed(
                "its CA is not the CA of the administrator's kubeconfig",
                "every host would refuse it, and who reads it without a pin would be led astray",
                remedy());
    }

    private static String remedy() {
        return "find out who wrote it (kubectl -n kube-public get configmap cluster-info -o yaml --show-managed-fields); "
                + "then kubectl -n kube-public delete configmap cluster-info && "
                + PreparedObjects.prepare(ApprovalMode.NODEJOIN);
    }
}
