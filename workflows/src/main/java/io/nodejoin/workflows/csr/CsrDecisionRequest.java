package io.nodejoin.workflows.csr;

import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.token.TokenRef;
import java.time.Instant;

/**
 * Asks for the decision on a token's certificate signing request.
 *
 * @param approval who decides
 * @param issuedAt no request of this token can be older, by the API server's clock
 * @param csrsAcceptedUntil a request that comes later is not approved, by the API server's clock
 * @param deadline when the wait ends, by our own clock
 */
public record CsrDecisionRequest(
        TokenRef token,
        NodeName node,
        ApprovalMode approval,
        Instant issuedAt,
        Instant csrsAcceptedUntil,
        Instant deadline) {}
