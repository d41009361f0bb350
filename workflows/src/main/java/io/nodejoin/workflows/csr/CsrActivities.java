package io.nodejoin.workflows.csr;

import io.nodejoin.workflows.token.TokenRef;
import io.temporal.activity.ActivityInterface;

/** The CSRs that are created with a join's token. Other CSRs are not changed. */
@ActivityInterface(namePrefix = "Csr_")
public interface CsrActivities {

    /**
     * Waits for the first CSR of the token and decides it: approved if it requests exactly this join's node and nothing
     * else, denied otherwise, in both cases with a reason. Completes once the certificate of an approved CSR is issued.
     * Heartbeats. Idempotent: a second call continues from an earlier decision.
     */
    CertificateResult decide(CsrDecisionRequest request);

    /**
     * Denies every other CSR of the token once one is approved. Returns Denied if one of them has another key: then it
     * is unknown whose key was approved. Idempotent: a second call finds the denials and returns the same.
     */
    CertificateResult denyOthers(CsrDecisionRequest request);

    /**
     * Denies every pending CSR of the token, and returns those that it denied. Fails with CONFLICT if other writers
     * keep it from doing so. Idempotent.
     */
    DeniedCsrs denyPending(TokenRef token);

    /** Returns the certificates issued under the token, whoever requested them. Read-only. */
    IssuedCertificates listIssued(TokenRef token);
}
