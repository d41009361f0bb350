package io.nodejoin.testbed.simulated;

import java.nio.file.Path;

/**
 * The paths of a kubelet's files.
 *
 * @param bootstrapKubeconfig read once, to get the first certificate, unless the agent has got it
 * @param kubeconfig written with the first certificate, by the agent or the kubelet
 * @param pki directory of the client certificate
 * @param config the KubeletConfiguration
 */
public record KubeletFiles(Path bootstrapKubeconfig, Path kubeconfig, Path pki, Path config) {

    /** The usual places below the root of a host's file system. */
    public static KubeletFiles under(Path root) {
        Path kubelet = root.resolve("var/lib/kubelet");
        return new KubeletFiles(
                kubelet.resolve("bootstrap-kubeconfig"),
                kubelet.resolve("kubeconfig"),
                kubelet.resolve("pki"),
                kubelet.resolve("config.yaml"));
    }

    /** Certificate chain and key in one PEM file, replaced as one; a link to it if the agent has got the certificate. */
    Path clientCertificate() {
        return pki.resolve("kubelet-client-current.pem");
    }
}
