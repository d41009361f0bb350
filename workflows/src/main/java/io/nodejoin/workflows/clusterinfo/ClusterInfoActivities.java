package io.nodejoin.workflows.clusterinfo;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.workflows.token.TokenRef;
import io.temporal.activity.ActivityInterface;

/** The ConfigMap kube-public/cluster-info, which tells an unauthenticated host where and who the cluster is. */
@ActivityInterface(namePrefix = "ClusterInfo_")
public interface ClusterInfoActivities {

    /**
     * Refuses a cluster that is not fit for joins. Publishes the kubeconfig if there is none, and says how the cluster is
     * known. Never changes one that is there.
     */
    DiscoveryInfo ensure(ClusterName cluster);

    /**
     * Adds one token's signature by compare-and-swap and reads it back without credentials. A second call changes
     * nothing; signatures of other tokens survive.
     */
    void publishSignature(TokenSignature signature);

    /** Removes one token's signature. Absent counts as removed; a second call is harmless. */
    void removeSignature(TokenRef token);
}
