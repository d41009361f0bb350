package io.nodejoin.activities.kubernetes;

import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.api.model.NamedCluster;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.nodejoin.protocol.discovery.CaPin;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;

/** The kubeconfig in cluster-info: one cluster named by the empty string, no users, no contexts. */
public final class DiscoveryKubeconfig {
    private DiscoveryKubeconfig() {}

    /** Renders the kubeconfig as kubeadm does, since signatures cover its bytes. */
    public static String render(URI apiServer, String caPem) {
        return """
                apiVersion: v1
                clusters:
                - cluster:
                    certificate-authority-data: %s
                    server: %s
                  name: ""
                contexts: null
                current-context: ""
                kind: Config
                users: null
                """.formatted(Base64.getEncoder().encodeToString(caPem.getBytes(StandardCharsets.UTF_8)), apiServer);
    }

    /** Returns the endpoint in a kubeconfig of untrusted origin. */
    public static URI apiServer(String kubeconfig) {
        return URI.create(onlyCluster(kubeconfig).getCluster().getServer());
    }

    /** Returns the pins of the CA certificates in a kubeconfig of untrusted origin. */
    public static List<CaPin> pins(String kubeconfig) {
        String data = onlyCluster(kubeconfig).getCluster().getCertificateAuthorityData();
        if (data == null) {
            throw new IllegalArgumentException("the kubeconfig of cluster-info has no certificate-authority-data");
        }
        return pinsOf(new String(Base64.getMimeDecoder().decode(data), StandardCharsets.UTF_8));
    }

    /** Returns the pins of these CA certificates. */
    public static List<CaPin> pinsOf(String caPem) {
        try {
            return CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(caPem.getBytes(StandardCharsets.UTF_8)))
                    .stream()
                    .map(X509Certificate.class::cast)
                    .map(CaPin::of)
                    .toList();
        } catch (CertificateException e) {
            throw new IllegalArgumentException("the cluster's CA data contains no PEM certificates", e);
        }
    }

    private static NamedCluster onlyCluster(String kubeconfig) {
        List<NamedCluster> clusters = new KubernetesSerialization()
                .unmarshal(kubeconfig, Config.class)
                .getClusters();
        if (clusters.size() != 1) {
            throw new IllegalArgumentException("the kubeconfig of cluster-info names " + clusters.size()
                    + " clusters where exactly one is expected");
        }
        return clusters.getFirst();
    }
}
