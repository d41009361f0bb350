package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import java.util.List;
import java.util.Optional;

/**
 * What a request is judged by beside itself.
 *
 * @param nameInUse what holds the node's name, if anything does
 * @param others the other requests made with the same token
 */
record ClusterState(Optional<String> nameInUse, List<CertificateSigningRequest> others) {
    ClusterState {
        others = List.copyOf(others);
    }
}
