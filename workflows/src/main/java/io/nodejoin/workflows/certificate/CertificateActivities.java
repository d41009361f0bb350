package io.nodejoin.workflows.certificate;

import io.nodejoin.workflows.token.TokenRef;
import io.temporal.activity.ActivityInterface;

/** Certificate signing requests made with a join's token. Requests of others are left alone. */
@ActivityInterface(namePrefix = "Certificate_")
public interface CertificateActivities {

    /**
     * Waits for the first request made with the token and decides it: approved if it asks for exactly this join's node and
     * nothing more, denied otherwise, in both cases with a reason. Ends once the certificate of an approved request is
     * issued. Heartbeats. A second call finds an earlier decision and goes on from it.
     */
    CertificateDecision decide(CertificateOrder order);

    /** Denies every undecided request made with the token. A second call finds none. */
    DeniedRequests denyUndecided(TokenRef token);
}
