package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestCondition;
import java.util.List;
import java.util.Optional;

/** Reads the conditions of a CSR. */
final class CsrStatus {
    static final String APPROVED = "Approved";
    static final String DENIED = "Denied";
    static final String FAILED = "Failed";

    private CsrStatus() {}

    static Optional<CertificateSigningRequestCondition> condition(CertificateSigningRequest csr, String type) {
        return conditions(csr).stream()
                .filter(condition -> type.equals(condition.getType()) && "True".equals(condition.getStatus()))
                .findFirst();
    }

    static boolean isApproved(CertificateSigningRequest csr) {
        return condition(csr, APPROVED).isPresent();
    }

    static boolean isDenied(CertificateSigningRequest csr) {
        return condition(csr, DENIED).isPresent();
    }

    static boolean isPending(CertificateSigningRequest csr) {
        return !isApproved(csr) && !isDenied(csr);
    }

    private static List<CertificateSigningRequestCondition> conditions(CertificateSigningRequest csr) {
        return csr.getStatus() == null || csr.getStatus().getConditions() == null
                ? List.of()
                : csr.getStatus().getConditions();
    }
}
