package io.nodejoin.agent.kubelet;

import io.nodejoin.agent.discovery.TrustedCluster;
import io.nodejoin.agent.plan.HostStep;
import java.util.List;
import java.util.Map;

/** The kubeconfig of a kubelet whose client certificate the agent obtains. It names the certificate's file. */
public record ClientKubeconfig(TrustedCluster cluster) implements KubeletCredential {

    /**
     * Returns the steps that give the kubelet this kubeconfig and its certificate. The certificate is written last: where
     * it is, the rest is.
     */
    public List<HostStep> steps(ClientCertificate certificate) {
        return List.of(
                certificate.linkStep(),
                new HostStep.WriteFile(KubeletPaths.KUBECONFIG, text(), 0600, false),
                certificate.writeStep());
    }

    String text() {
        return KubeconfigText.of(
                cluster,
                "default-auth",
                Map.of(
                        "client-certificate", KubeletPaths.CLIENT_CERTIFICATE,
                        "client-key", KubeletPaths.CLIENT_CERTIFICATE));
    }
}
