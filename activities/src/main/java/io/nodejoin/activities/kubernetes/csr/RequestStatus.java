package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestCondition;
import java.util.List;
import java.util.Optional;

/** Reads the conditions of a request. */
final class RequestStatus {
    static final String APPROVED = "Approved";
    static final String DENIED = "Denied";
    static final String FAILED = "Failed";

    private RequestStatus() {}

    static Optional<CertificateSigningRequestCondition> condition(CertificateSigningRequest request, String type) {
        return conditions(request).stream()
                .filter(condition -> type.equals(condition.getType()) && "True".equals(condition.getStatus()))
                .findFirst();
    }

    static boolean isApproved(CertificateSigningRequest request) {
        return condition(request, APPROVED).isPresent();
    }

    static boolean isDenied(CertificateSigningRequest request) {
        return condition(request, DENIED).isPresent();
    }

    static boolean isUndecided(CertificateSigningRequest request) {
        return !isApproved(request) && !isDenied(request);
    }

    private static List<CertificateSigningRequestCondition> conditions(CertificateSigningRequest request) {
        return request.getStatus() == null || request.getStatus().getConditions() == null
                ? List.of()
                : request.getStatus().getConditions();
    }
}
