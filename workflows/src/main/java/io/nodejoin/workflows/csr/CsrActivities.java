package io.nodejoin.workflows.csr;

import io.nodejoin.workflows.token.TokenRef;
import io.temporal.activity.ActivityInterface;

/** The CSRs that are created with a join's token. Other CSRs are not changed. */
@ActivityInterface(namePrefix = "Csr_")
public interface CsrActivities {

    /**
     * Decides the CSRs of the token, in each case with a reason. With a known key, approves one CSR for exactly this
     * join's node and key and denies all others, whoever asked first. Without, approves the first CSR if it requests
     * exactly this join's node; returns Denied for any other first CSR. Completes once the certificate of an approved CSR
     * is issued. Heartbeats. Idempotent: a second call continues from an earlier decision.
     */
    CertificateResult decide(CsrDecisionRequest request);

    /**
     * Denies every other CSR of the token, once one is approved, until the deadline. Heartbeats. Returns Denied, within two
     * seconds of the CSR, if the key was not known beforehand and one of them has another: then it is unknown whose key
     * was approved. Idempotent: a second call finds the denials and returns the same.
     */
    CertificateResult denyOthers(CsrDecisionRequest request);

    /**
     * Denies every pending CSR of the token, and returns those that it denied. Fails with CONFLICT if other writers
     * keep it from doing so. Idempotent.
     */
    DeniedCsrs denyPending(TokenRef token);

    /** Returns the certificates issued under the token, whoever requested them. Read-only. */
    IssuedCertificates listIssued(TokenRef token);

    /** Returns the certificates issued to the join, under known tokens and by Nodejoin's approvals. Read-only. */
    IssuedCertificates listIssuedToJoin(JoinCertificates.OfJoin join);
}
