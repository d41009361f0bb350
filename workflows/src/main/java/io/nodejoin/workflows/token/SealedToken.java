package io.nodejoin.workflows.token;

import io.nodejoin.protocol.discovery.TokenId;
import java.time.Instant;

/**
 * An issued token in a form without secrets.
 *
 * @param jwe the token, encrypted for the host's key; see {@link io.nodejoin.protocol.agent.SealedTokenHeader}
 * @param createdAt when the token's validity began, by the API server's clock
 * @param createAttempts how many requests to create its Secret may have been sent, this one included; the API server may
 *     execute a timed-out one late
 */
public record SealedToken(TokenId id, String jwe, Instant createdAt, Instant expiresAt, int createAttempts) {}
