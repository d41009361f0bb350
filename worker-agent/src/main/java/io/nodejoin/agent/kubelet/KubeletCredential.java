package io.nodejoin.agent.kubelet;

import io.nodejoin.agent.discovery.TrustedCluster;

/** The kubeconfig that a kubelet starts with for the first time. */
public sealed interface KubeletCredential permits BootstrapKubeconfig, ClientKubeconfig {
    /** Returns the cluster that it leads to. */
    TrustedCluster cluster();
}
