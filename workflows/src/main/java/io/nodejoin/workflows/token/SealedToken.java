package io.nodejoin.workflows.token;

import io.nodejoin.protocol.discovery.TokenId;
import java.time.Instant;

/**
 * A token as it may be seen by anyone.
 *
 * @param jwe the token, readable by the host's key alone; see {@link io.nodejoin.protocol.agent.TokenSeal}
 * @param signature the token's detached JWS over the kubeconfig of cluster-info
 */
public record SealedToken(TokenId id, String jwe, String signature, Instant expiresAt) {}
