package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.nodejoin.activities.kubernetes.ClusterClients;
import io.nodejoin.activities.kubernetes.WatchTriggers;
import java.util.function.Function;

/** Watches the CSRs of one signer. */
final class CsrWatchTriggers {
    private CsrWatchTriggers() {}

    /** @param key the property of a CSR by which waiters subscribe */
    static WatchTriggers<CertificateSigningRequest> forSigner(
            String signer, ClusterClients clients, Function<CertificateSigningRequest, String> key) {
        return new WatchTriggers<>(
                clients,
                client ->
                        client.certificates().v1().certificateSigningRequests().withField("spec.signerName", signer),
                key);
    }
}
