package io.nodejoin.workflows.csr;

import io.nodejoin.workflows.token.TokenRef;
import io.temporal.activity.ActivityInterface;

/** Certificate signing requests made with a join's token. Requests of others are left alone. */
@ActivityInterface(namePrefix = "Csr_")
public interface CsrActivities {

    /**
     * Waits for the first request made with the token and decides it: approved if it asks for exactly this join's node and
     * nothing more, denied otherwise, in both cases with a reason. Ends once the certificate of an approved request is
     * issued. Heartbeats. A second call finds an earlier decision and goes on from it.
     */
    CertificateResult decide(CsrDecisionRequest request);

    /**
     * Denies whatever else was asked for with the token once one request is approved. Denied if any of it was for another
     * key: then nobody can tell whose key was approved. A second call finds the denials of the first and says the same.
     */
    CertificateResult denyOthers(CsrDecisionRequest request);

    /** Denies every undecided request made with the token; fails if others keep it from that. A second call finds none. */
    DeniedCsrs denyPending(TokenRef token);

    /** Which certificates were issued under the token, to whomever. Changes nothing. */
    IssuedCertificates listIssued(TokenRef token);
}
