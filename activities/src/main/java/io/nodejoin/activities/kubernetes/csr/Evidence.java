package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.nodejoin.workflows.certificate.CertificateOrder;
import java.util.Optional;

/** One request, what was ordered, and what is around it. */
record Evidence(
        CertificateSigningRequest request,
        CertificateOrder order,
        Circumstances circumstances,
        Optional<RequestedCertificate> parsed) {

    /** The parsed request; the rule one-pem-block comes before each rule that asks for it. */
    RequestedCertificate certificate() {
        return parsed.orElseThrow();
    }
}
