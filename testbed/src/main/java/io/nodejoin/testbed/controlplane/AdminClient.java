package io.nodejoin.testbed.controlplane;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Path;

/** The Kubernetes API as a bed's administrator sees it. */
public final class AdminClient {
    private AdminClient() {}

    /** A client with the credential of this kubeconfig, whose key is an EC key; connects when it is first used. */
    public static KubernetesClient create(Path kubeconfig) {
        Config config = new ConfigBuilder(Config.fromKubeconfig(kubeconfig.toFile()))
                .withClientKeyAlgo("EC")
                .build();
        return new KubernetesClientBuilder().withConfig(config).build();
    }
}
