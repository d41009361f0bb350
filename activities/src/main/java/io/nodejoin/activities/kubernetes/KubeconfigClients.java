package io.nodejoin.activities.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/** Creates one client per cluster from its kubeconfig file, on first use. */
public final class KubeconfigClients implements ClusterClients {
    private final Map<ClusterName, Path> kubeconfigs;
    private final BiConsumer<ClusterName, String> responses;
    private final Map<ClusterName, KubernetesClient> clients = new ConcurrentHashMap<>();

    public KubeconfigClients(Map<ClusterName, Path> kubeconfigs) {
        this(kubeconfigs, (_, _) -> {});
    }

    /** @param responses receives the status of each response of a cluster's API server, as {@link ResponseCounter} tells it */
    public KubeconfigClients(Map<ClusterName, Path> kubeconfigs, BiConsumer<ClusterName, String> responses) {
        this.kubeconfigs = Map.copyOf(kubeconfigs);
        this.responses = responses;
    }

    @Override
    public KubernetesClient client(ClusterName cluster) {
        return clients.computeIfAbsent(
                cluster,
                name -> Kubeconfig.connect(
                        configOf(name), new ResponseCounter(status -> responses.accept(name, status))));
    }

    @Override
    public void close() {
        clients.values().forEach(KubernetesClient::close);
    }

    private Config configOf(ClusterName cluster) {
        Path kubeconfig = kubeconfigs.get(cluster);
        if (kubeconfig == null) {
            throw Failures.of(
                    FailureType.INVALID_REQUEST,
                    new Problem(ErrorCode.UNKNOWN_CLUSTER, "no cluster " + cluster + " is configured"));
        }
        try {
            return Kubeconfig.read(kubeconfig);
        } catch (IOException e) {
            throw new IllegalArgumentException("the client key of " + kubeconfig + " cannot be read", e);
        }
    }
}
