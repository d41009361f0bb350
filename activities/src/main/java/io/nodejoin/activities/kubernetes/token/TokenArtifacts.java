package io.nodejoin.activities.kubernetes.token;

import io.nodejoin.activities.EffectGuard;
import io.nodejoin.workflows.token.TokenRef;

/** What a token has brought about beside its Secret: its signature in cluster-info, and requests that nobody has decided. */
@FunctionalInterface
public interface TokenArtifacts {
    /** Takes all of it back. What is absent counts as taken back; a second call is harmless. */
    void remove(TokenRef token, EffectGuard guard);
}
