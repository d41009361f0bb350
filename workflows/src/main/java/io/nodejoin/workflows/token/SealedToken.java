package io.nodejoin.workflows.token;

import io.nodejoin.protocol.discovery.TokenId;
import java.time.Instant;

/**
 * An issued token in a form without secrets.
 *
 * @param jwe the token, encrypted for the host's key; see {@link io.nodejoin.protocol.agent.SealedTokenHeader}
 * @param signature the token's detached JWS over the kubeconfig of cluster-info
 * @param createdAt when the token's validity began, by the API server's clock
 * @param createAttempts how many create requests may have been sent, this one included; the API server may execute a
 *     timed-out one late
 */
public record SealedToken(
        TokenId id, String jwe, String signature, Instant createdAt, Instant expiresAt, int createAttempts) {}
