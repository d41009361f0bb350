package io.nodejoin.testbed.bench;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.NamespacedKubernetesClient;
import io.fabric8.kubernetes.client.RequestConfig;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import io.nodejoin.activities.kubernetes.Kubeconfig;
import io.nodejoin.protocol.discovery.TokenId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;

/** Creates CSRs like kubelets: an administrator impersonates the users of tokens. */
final class CsrRequester implements AutoCloseable {
    private static final String[] GROUPS_OF_A_TOKEN = {"system:bootstrappers", "system:bootstrappers:nodejoin"};

    private final KubernetesClient admin;

    CsrRequester(Path adminKubeconfig) throws IOException {
        this.admin = new KubernetesClientBuilder()
                .withConfig(Kubeconfig.read(adminKubeconfig))
                .build();
    }

    /** Creates one CSR with this token's user. */
    void createCsr(TokenId token, String requestPem) {
        CertificateSigningRequest csr = new CertificateSigningRequestBuilder()
                .withNewMetadata()
                .withGenerateName("csr-")
                .endMetadata()
                .withNewSpec()
                .withRequest(Base64.getEncoder().encodeToString(requestPem.getBytes(StandardCharsets.US_ASCII)))
                .withSignerName("kubernetes.io/kube-apiserver-client-kubelet")
                .withUsages("digital signature", "client auth")
                .endSpec()
                .build();
        RequestConfig asToken = new RequestConfigBuilder()
                .withImpersonateUsername(token.user())
                .withImpersonateGroups(GROUPS_OF_A_TOKEN)
                .build();
        admin.adapt(NamespacedKubernetesClient.class)
                .withRequestConfig(asToken)
                .call(client -> client.resource(csr).create());
    }

    @Override
    public void close() {
        admin.close();
    }
}
