package io.nodejoin.workflows.certificate;

import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.token.TokenRef;
import java.time.Instant;

/**
 * Asks for the decision on a token's certificate signing request.
 *
 * @param approval who decides
 * @param issuedAt no request of this token can be older, by server time and less a minute of skew
 * @param deadline a request that comes later is not approved
 */
public record CertificateOrder(
        TokenRef token, NodeName node, ApprovalMode approval, Instant issuedAt, Instant deadline) {}
