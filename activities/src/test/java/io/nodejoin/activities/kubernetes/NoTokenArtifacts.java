package io.nodejoin.activities.kubernetes;

import io.nodejoin.activities.EffectGuard;
import io.nodejoin.activities.kubernetes.token.KubernetesTokenActivities;
import io.nodejoin.workflows.token.TokenRef;
import java.security.SecureRandom;

/** Tokens without signatures, whose requests stay undecided. */
public class NoTokenArtifacts implements KubernetesTokenActivities.TokenArtifacts {
    private static final int MAX_TOKENS = 500;

    /** Token activities that leave cluster-info alone. */
    public static KubernetesTokenActivities activities(ClusterClients clients) {
        return activities(clients, new NoTokenArtifacts());
    }

    static KubernetesTokenActivities activities(
            ClusterClients clients, KubernetesTokenActivities.TokenArtifacts artifacts) {
        return new KubernetesTokenActivities(
                clients,
                _ -> {},
                new SecureRandom(),
                artifacts,
                _ -> MAX_TOKENS,
                ServerClocks.of(clients),
                (_, _) -> {});
    }

    @Override
    public void publishSignature(TokenRef token, String jws, EffectGuard guard) {}

    @Override
    public void removeSignature(TokenRef token, EffectGuard guard) {}

    @Override
    public void denyPendingCsrs(TokenRef token, EffectGuard guard) {}
}
