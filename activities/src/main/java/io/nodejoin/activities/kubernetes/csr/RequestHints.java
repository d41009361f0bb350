package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.nodejoin.activities.kubernetes.ClusterClients;
import io.nodejoin.activities.kubernetes.ResourceHints;
import java.util.function.Function;

/** Watches on the requests to one signer. */
final class RequestHints {
    private RequestHints() {}

    /** @param key by which property of a request it is waited for */
    static ResourceHints<CertificateSigningRequest> to(
            String signer, ClusterClients clients, Function<CertificateSigningRequest, String> key) {
        return new ResourceHints<>(
                clients,
                client ->
                        client.certificates().v1().certificateSigningRequests().withField("spec.signerName", signer),
                key);
    }
}
