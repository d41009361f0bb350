package io.nodejoin.workflows.clusterinfo;

import io.nodejoin.protocol.ClusterName;
import io.temporal.activity.ActivityInterface;

/** The ConfigMap kube-public/cluster-info, from which an unauthenticated host learns the cluster's endpoint and CA. */
@ActivityInterface(namePrefix = "ClusterInfo_")
public interface ClusterInfoActivities {

    /**
     * Checks that the cluster meets the preconditions of joins, publishes the kubeconfig if there is none, and returns
     * how the cluster is identified. Never changes an existing kubeconfig. Idempotent. Fails with FORBIDDEN
     * if a precondition is not met.
     */
    DiscoveryInfo ensure(ClusterName cluster);
}
