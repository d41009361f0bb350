package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.nodejoin.workflows.csr.CsrDecisionRequest;
import java.util.Optional;

/** One request, what was ordered, and what is around it. */
record ApprovalContext(
        CertificateSigningRequest csr,
        CsrDecisionRequest request,
        ClusterState clusterState,
        Optional<ParsedCsr> parsed) {

    /** The parsed request; the rule one-pem-block comes before each rule that asks for it. */
    ParsedCsr certificate() {
        return parsed.orElseThrow();
    }
}
