package io.nodejoin.activities.kubernetes;

import io.nodejoin.activities.EffectGuard;
import io.nodejoin.activities.kubernetes.clusterinfo.KubernetesClusterInfoActivities;
import io.nodejoin.workflows.token.TokenRef;

/** Tokens whose signatures are in the cluster's cluster-info. */
class SignedTokenArtifacts extends NoTokenArtifacts {
    private final KubernetesClusterInfoActivities clusterInfo;

    SignedTokenArtifacts(KubernetesClusterInfoActivities clusterInfo) {
        this.clusterInfo = clusterInfo;
    }

    @Override
    public void publishSignature(TokenRef token, String jws, EffectGuard guard) {
        clusterInfo.publishSignature(token, jws, guard);
    }

    @Override
    public void removeSignature(TokenRef token, EffectGuard guard) {
        clusterInfo.removeSignature(token, guard);
    }
}
