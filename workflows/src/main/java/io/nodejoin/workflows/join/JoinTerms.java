package io.nodejoin.workflows.join;

import io.nodejoin.protocol.agent.ArtifactDigest;
import io.nodejoin.workflows.certificate.ApprovalMode;
import java.time.Duration;
import java.util.List;

/**
 * What the service's configuration says of each join of a cluster, as it was when the join was admitted.
 *
 * @param approval who approves certificates in this cluster
 * @param tokenTtl the longest life of a token, at most 15 minutes
 * @param kubeletDigests the kubelets that may be started; empty means any
 */
public record JoinTerms(ApprovalMode approval, Duration tokenTtl, List<ArtifactDigest> kubeletDigests) {
    public JoinTerms {
        kubeletDigests = List.copyOf(kubeletDigests);
    }
}
