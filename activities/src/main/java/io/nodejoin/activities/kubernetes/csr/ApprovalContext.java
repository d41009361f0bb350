package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.nodejoin.workflows.csr.CsrDecisionRequest;
import java.util.Optional;

/** A CSR, the request to decide it, and the cluster state that the decision depends on. */
record ApprovalContext(
        CertificateSigningRequest csr,
        CsrDecisionRequest request,
        ClusterState clusterState,
        Optional<ParsedCsr> parsed) {

    /** Returns the parsed CSR. Only rules after one-pem-block may call it. */
    ParsedCsr certificate() {
        return parsed.orElseThrow();
    }
}
