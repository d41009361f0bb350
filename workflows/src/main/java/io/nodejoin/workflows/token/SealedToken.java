package io.nodejoin.workflows.token;

import io.nodejoin.protocol.discovery.TokenId;
import java.time.Instant;

/**
 * A token as it may be seen by anyone.
 *
 * @param jwe the token, readable by the host's key alone; see {@link io.nodejoin.protocol.agent.SealedTokenHeader}
 * @param signature the token's detached JWS over the kubeconfig of cluster-info
 * @param createdAt when the token began to be valid, by the API server's clock
 * @param createAttempts how often it may have been asked for, this time included; the API server may do late what it was asked for before
 */
public record SealedToken(
        TokenId id, String jwe, String signature, Instant createdAt, Instant expiresAt, int createAttempts) {}
