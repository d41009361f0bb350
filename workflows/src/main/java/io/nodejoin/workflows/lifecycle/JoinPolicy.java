package io.nodejoin.workflows.lifecycle;

import io.nodejoin.protocol.agent.ArtifactDigest;
import io.nodejoin.protocol.agent.HostSettings;
import io.nodejoin.workflows.csr.ApprovalMode;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the service's configuration says of each join of a cluster, as it was when the join was admitted.
 *
 * @param approval who approves certificates in this cluster
 * @param tokenTtl the longest life of a token, at most 15 minutes
 * @param kubeletDigests the kubelets that may be started; empty means any
 * @param hostSettings what the cluster wants of its hosts beyond their profile; absent means nothing
 */
public record JoinPolicy(
        ApprovalMode approval,
        Duration tokenTtl,
        List<ArtifactDigest> kubeletDigests,
        @Nullable HostSettings hostSettings) {
    public JoinPolicy {
        kubeletDigests = List.copyOf(kubeletDigests);
    }
}
