package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.nodejoin.workflows.csr.CertificateResult;
import io.nodejoin.workflows.csr.CsrDecisionRequest;
import java.util.List;
import java.util.Optional;

/** Reconciles the CSRs of one token. */
sealed interface ClientCsrController permits FirstKeyController, KnownKeyController {
    /** Creates the controller of this request. */
    static ClientCsrController of(
            CsrDecisionRequest request,
            CsrClient csrClient,
            CsrDecisionWriter decisionWriter,
            ForeignKeyReporter foreignKeys) {
        return request.keyDigest() == null
                ? new FirstKeyController(request, csrClient, decisionWriter)
                : new KnownKeyController(request, request.keyDigest(), csrClient, decisionWriter, foreignKeys);
    }

    /**
     * Decides the token's pending CSRs. Empty while there is no result.
     *
     * @param requests all CSRs of the token, the oldest first
     */
    Optional<CertificateResult> reconcile(List<CertificateSigningRequest> requests);

    /**
     * Returns the result of the approved CSR, after denying all others; empty if none is approved, or it is not issued.
     *
     * @param requests all CSRs of the token, the oldest first
     */
    Optional<CertificateResult> denyOthers(List<CertificateSigningRequest> requests);

    /** Returns the reason of an approval, for people. */
    static String approvalReason(CsrDecisionRequest request) {
        String lifetime = request.expirationSeconds() == null
                ? ""
                : " the requested lifetime of %d s".formatted(request.expirationSeconds());
        return "name, key, usages,%s and token are exactly those of the join; for system:node:%s"
                .formatted(lifetime, request.node());
    }

    /** Returns the CSRs of these that are approved. */
    static List<CertificateSigningRequest> approved(List<CertificateSigningRequest> requests) {
        return requests.stream().filter(CsrStatus::isApproved).toList();
    }

    /** Returns the result of the first approved CSR that violates a rule about contents. */
    static Optional<CertificateResult> wronglyApproved(
            CsrDecisionRequest request, List<CertificateSigningRequest> approved) {
        for (CertificateSigningRequest csr : approved) {
            if (ClientCsrPolicy.evaluateContents(csr, request) instanceof CsrDecision.Deny deny) {
                return Optional.of(
                        new CertificateResult.Denied(csr.getMetadata().getName(), deny.problem()));
            }
        }
        return Optional.empty();
    }
}
