package io.nodejoin.activities.kubernetes.token;

import io.nodejoin.activities.EffectGuard;
import io.nodejoin.workflows.token.TokenRef;

/** What a token leaves besides its Secret: its signature in cluster-info and pending CSRs. */
@FunctionalInterface
public interface TokenArtifacts {
    /** Removes all of it. Succeeds if it is absent. Idempotent. */
    void remove(TokenRef token, EffectGuard guard);
}
