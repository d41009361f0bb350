package io.nodejoin.workflows.lifecycle;

import io.nodejoin.protocol.agent.ArtifactDigest;
import io.nodejoin.protocol.agent.HostSettings;
import io.nodejoin.workflows.csr.ApprovalMode;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a cluster's joins in the service's configuration, as of the admission of the join.
 *
 * @param approval who approves CSRs in this cluster
 * @param tokenTtl the maximum validity of a token, at most 15 minutes
 * @param kubeletDigests digests of the accepted kubelets; empty means any
 * @param hostSettings the cluster's settings of its hosts beyond their profile; absent means none
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
