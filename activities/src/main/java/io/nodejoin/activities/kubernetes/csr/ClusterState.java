package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import java.util.List;
import java.util.Optional;

/**
 * The cluster state that the decision of a CSR depends on.
 *
 * @param nameInUse the object that uses the node's name, if there is one
 * @param others the other CSRs made with the same token
 */
record ClusterState(Optional<String> nameInUse, List<CertificateSigningRequest> others) {
    ClusterState {
        others = List.copyOf(others);
    }
}
